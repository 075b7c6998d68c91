#include "agent/event_stream.hpp"

#include "util/error.hpp"

#include <algorithm>
#include <utility>

namespace skerry::agent {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_silence = 30s; // the agent says something each 10 s
constexpr auto shortest_pause = 250ms;
constexpr auto longest_pause = 5000ms;
constexpr std::size_t most_waiting_bytes = 64U << 20U;

} // namespace

EventStream::EventStream(Address address)
    : address_(std::move(address)), thread_([this](const std::stop_token& stop) { listen(stop); })
{
}

std::vector<EventStream::News> EventStream::wait(std::chrono::steady_clock::time_point until,
                                                 const std::stop_token& stop)
{
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, until, [this] { return !news_.empty(); });
    waiting_bytes_ = 0;
    return std::exchange(news_, {});
}

bool EventStream::connected()
{
    const std::lock_guard lock(mutex_);
    return connected_;
}

void EventStream::listen(const std::stop_token& stop)
{
    std::mutex resting;
    std::condition_variable_any never;
    std::chrono::milliseconds pause = shortest_pause;
    while (!stop.stop_requested()) {
        hear(stop);
        if (connected()) pause = shortest_pause;
        say_ended();
        std::unique_lock lock(resting);
        never.wait_for(lock, stop, pause, [] { return false; });
        pause = std::min<std::chrono::milliseconds>(pause * 2, longest_pause);
    }
}

/// However it ends, the next try is due: whether the agent is gone is not for the stream to say.
void EventStream::hear(const std::stop_token& stop)
{
    Frames frames;
    const auto bytes = [&](std::string_view piece) {
        for (const auto& data : frames.take(piece)) take(data);
        return true;
    };
    try {
        http::Client(target_of(address_)).stream(event_path(address_), bytes, stop, longest_silence);
    } catch (const Error&) {
        return;
    }
}

void EventStream::take(std::string_view data)
{
    auto event = api::Json::try_parse(data);
    if (!event) return;
    const std::lock_guard lock(mutex_);
    const bool hello = (*event)["type"].view() == "server.connected";
    waiting_bytes_ += data.size();
    const bool too_many = waiting_bytes_ > most_waiting_bytes; // nobody fetches them: begin anew from here
    if (too_many) {
        news_.clear();
        waiting_bytes_ = data.size();
    }
    if (hello) connected_ = true;
    news_.push_back({.connected = hello || too_many, .event = std::move(*event)});
    changed_.notify_all();
}

void EventStream::say_ended()
{
    const std::lock_guard lock(mutex_);
    connected_ = false;
    news_.push_back({.ended = true});
    changed_.notify_all();
}

} // namespace skerry::agent
