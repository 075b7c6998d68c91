#pragma once

#include "agent/client.hpp"
#include "api/json.hpp"
#include "support/running_server.hpp"
#include "util/error.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace skerry::test {

/// As much of an agent's server as a test wants to be told: what it answers is set from outside, what it was
/// asked is kept, and its stream says what `say` says.
class FakeAgent {
public:
    FakeAgent() : server_([this](const http::Request& request) { return answer(request); }) {}

    [[nodiscard]] agent::Address address() const { return {server_.port(), "secret-password", "/srv/demo"}; }

    /// What GET `path` (or POST) answers from now on, with any query.
    void set(const std::string& path, const std::string& body, int status = 200,
             const std::string& type = "application/json")
    {
        const std::lock_guard lock(mutex_);
        answers_[path] = {.status = status, .type = type, .body = body};
    }
    /// One more event on the stream, told to everybody who is or comes to listen.
    void say(const std::string& type, const std::string& properties)
    {
        const std::lock_guard lock(mutex_);
        said_.push_back(R"({"id":"evt","type":")" + type + R"(","properties":)" + properties + "}");
        changed_.notify_all();
    }
    /// Ends the streams that are open; they may come again unless `for_good`.
    void end_streams(bool for_good = false)
    {
        const std::lock_guard lock(mutex_);
        ++generation_;
        deaf_ = deaf_ || for_good;
        changed_.notify_all();
    }

    /// "POST /session/ses_1/prompt_async {...}": all that was asked with that beginning, so far.
    std::vector<std::string> asked(const std::string& beginning)
    {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> found;
        for (const auto& line : asked_) {
            if (line.starts_with(beginning)) found.push_back(line);
        }
        return found;
    }
    /// Returns when that has been asked `times` times.
    void wait_until_asked(const std::string& beginning, std::size_t times = 1)
    {
        std::unique_lock lock(mutex_);
        const auto count = [&] {
            std::size_t found = 0;
            for (const auto& line : asked_) found += line.starts_with(beginning) ? 1 : 0;
            return found;
        };
        if (!changed_.wait_for(lock, std::chrono::seconds(20), [&] { return count() >= times; })) {
            throw Error(Code::timeout, "nobody asked " + beginning);
        }
    }

private:
    http::Response answer(const http::Request& request)
    {
        const std::lock_guard lock(mutex_);
        const auto body = http::whole_body(request, 1U << 20U);
        asked_.push_back(request.method + " " + request.path + (body.empty() ? "" : " " + body));
        changed_.notify_all();
        if (request.path == "/event" && !deaf_) return stream();
        if (const auto set = answers_.find(request.path); set != answers_.end())
            return {.status = set->second.status, .type = set->second.type, .body = set->second.body};
        if (request.method == "POST") return {.status = 200, .type = "application/json", .body = "true"};
        return {.status = 404,
                .type = "application/json",
                .body = R"({"name":"NotFoundError","data":{"message":"not here"}})"};
    }
    http::Response stream()
    {
        http::Response response{.type = "text/event-stream"};
        response.stream = [this, generation = generation_](const http::Write& write) {
            write("data: {\"type\":\"server.connected\",\"properties\":{}}\n\n");
            for (std::size_t next = 0;;) {
                std::unique_lock lock(mutex_);
                changed_.wait_for(lock, std::chrono::milliseconds(20),
                                  [&] { return generation != generation_ || next < said_.size(); });
                if (generation != generation_) return true;
                const auto text =
                    next < said_.size() ? "data: " + said_[next++] + "\n\n" : std::string(":\n");
                lock.unlock();
                if (!write(text)) return false;
            }
        };
        return response;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, http::Response> answers_;
    std::vector<std::string> said_;
    std::vector<std::string> asked_;
    int generation_ = 0;
    bool deaf_ = false;
    RunningServer server_; // the last: its threads use the others
};

} // namespace skerry::test
