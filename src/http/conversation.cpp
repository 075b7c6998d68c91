#include "http/conversation.hpp"

#include "util/log.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <httplib.h>

namespace skerry::http {
namespace {

constexpr int most_requests = 1000; // on one connection

/// What the library reads and where it writes. It is given a request of our own making, never the client's
/// own words: its older versions have holes in the reading of heads, bodies, ranges and encodings. What newer
/// versions ask beside is declared without `override`, so that one source fits them all.
class Relay final : public httplib::Stream {
public:
    Relay(std::string request, Incoming& client) : request_(std::move(request)), client_(client) {}

    bool is_readable() const override { return used_ < request_.size(); }
    bool is_writable() const { return !client_.stopping(); }
    bool wait_readable() const { return is_readable(); }
    bool wait_writable() const { return is_writable(); }
    ssize_t read(char* place, size_t size) override
    {
        const auto count = request_.copy(place, size, used_);
        used_ += count;
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char* bytes, size_t size) override
    {
        return client_.write({bytes, size}) ? static_cast<ssize_t>(size) : -1;
    }
    void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
    void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
    socket_t socket() const override { return client_.socket(); }
    time_t duration() const { return 0; }

private:
    std::string request_;
    std::size_t used_ = 0;
    Incoming& client_;
};
// NOLINTEND(modernize-use-override)

bool is_line(std::string_view text) noexcept
{
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

Response failure(const std::string& what)
{
    log::error("a request could not be answered", {{"error", what}});
    return {.status = 500, .body = "internal error\n"};
}

Response answer_of(const Server::Handler& handler, const Request& request)
{
    try {
        auto answer = handler(request);
        for (const auto& [name, value] : answer.headers)
            if (!is_line(name) || !is_line(value)) return failure("the header " + name + " has a line break");
        return answer;
    } catch (const std::exception& fault) {
        return failure(fault.what());
    }
}

/// The library's part in one connection: it writes the answers.
class Conversation final : public httplib::Server {
public:
    using Handler = http::Server::Handler;

    Conversation(Incoming& client, const Handler& handler) : client_(client), handler_(handler)
    {
        svr_sock_ = client.socket(); // without one the library thinks that it is being shut down
        set_keep_alive_max_count(most_requests);
        set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
            fill(response);
            return HandlerResponse::Handled;
        });
    }

    /// False when the connection is to be closed.
    bool exchange(bool last)
    {
        auto asked = client_.read_request();
        if (!asked) return false;
        if (asked->refusal != 0) return refuse(asked->refusal);
        asked->request.pause = [this](std::chrono::milliseconds time) { return client_.pause(time); };
        answer_ = answer_of(handler_, asked->request);
        version_1_0_ = asked->version_1_0;
        const bool close = last || !asked->keep_alive || client_.stopping();
        const bool only_head = asked->request.method == "HEAD";
        return write_answer(*this, only_head ? "HEAD" : "GET", close) && !close;
    }

private:
    bool refuse(int status)
    {
        const auto reason = status == 408   ? " Request Timeout"
                            : status == 413 ? " Payload Too Large"
                                            : " Refused";
        client_.write("HTTP/1.1 " + std::to_string(status) + reason +
                      "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        client_.say_goodbye();
        return false;
    }

    /// process_request() has got more parameters over the years; a template sees which ones there are.
    template <class Self> bool write_answer(Self& self, const std::string& method, bool close)
    {
        Relay relay(method + " / HTTP/1.1\r\nHost: localhost\r\n\r\n", client_);
        bool closed = false;
        if constexpr (requires { self.process_request(relay, close, closed, nullptr); })
            return self.process_request(relay, close, closed, nullptr);
        else
            return self.process_request(relay, "", 0, "", 0, close, closed, nullptr);
    }

    void fill(httplib::Response& response)
    {
        response.status = answer_.status;
        for (const auto& [name, value] : answer_.headers) response.set_header(name, value);
        const auto provide = [this](std::size_t, httplib::DataSink& sink) { return stream_to(sink); };
        if (!answer_.stream)
            response.set_content(answer_.body, answer_.type);
        else if (version_1_0_)
            response.set_content_provider(answer_.type, provide);
        else
            response.set_chunked_content_provider(answer_.type, provide);
    }

    bool stream_to(httplib::DataSink& sink)
    {
        const auto write = [&](std::string_view piece) {
            if (!client_.pause(std::chrono::milliseconds(0))) return false;
            return piece.empty() || sink.write(piece.data(), piece.size());
        };
        try {
            if (!answer_.stream(write)) return false;
        } catch (const std::exception& fault) {
            failure(fault.what());
            return false;
        }
        sink.done();
        return true;
    }

    Incoming& client_;
    const Handler& handler_;
    Response answer_;
    bool version_1_0_ = false;
};

} // namespace

void converse(Incoming& client, const Server::Handler& handler)
{
    Conversation conversation(client, handler);
    for (int left = most_requests; left > 0; --left)
        if (!conversation.exchange(left == 1)) return;
}

} // namespace skerry::http
