#include "http/answer_writer.hpp"

#include "http/answer_head.hpp"
#include "http/relay.hpp"
#include "util/log.hpp"

#include <chrono>
#include <exception>
#include <httplib.h>

namespace skerry::http {
namespace {

constexpr int most_requests = 1'000'000; // that the library may count down
constexpr std::size_t most_copied = 64U << 10U;

/// An answer that is there already, in one piece when it is small.
bool write_whole(Incoming& client, const Response& answer, const Manner& manner)
{
    auto text = answer_head(answer, manner);
    if (manner.only_head || answer.feed) return client.write(text);
    if (answer.body.size() > most_copied) return client.write(text) && client.write(answer.body);
    return client.write(text.append(answer.body));
}

} // namespace

class AnswerWriter::Parts final : public httplib::Server {
public:
    explicit Parts(Incoming& client) : client_(client)
    {
        svr_sock_ = client.socket(); // without one the library thinks that it is being shut down
        set_keep_alive_max_count(most_requests);
        set_keep_alive_timeout(client.surroundings().options.idle_time.count() / 1000);
        set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
            fill(response);
            return HandlerResponse::Handled;
        });
    }

    bool write(const Response& answer, const Manner& manner)
    {
        answer_ = &answer;
        manner_ = &manner;
        Relay relay(std::string(manner.only_head ? "HEAD" : "GET") + " / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                    client_);
        return process(*this, relay);
    }

private:
    /// process_request() has got more parameters over the years; a template sees which ones there are.
    template <class Self> bool process(Self& self, Relay& relay)
    {
        bool closed = false;
        if constexpr (requires { self.process_request(relay, true, closed, nullptr); })
            return self.process_request(relay, manner_->closes, closed, nullptr);
        else
            return self.process_request(relay, "", 0, "", 0, manner_->closes, closed, nullptr);
    }

    void fill(httplib::Response& response)
    {
        response.status = answer_->status;
        for (const auto& [name, value] : answer_->headers) response.set_header(name, value);
        response.set_header("X-Request-Id", manner_->id);
        fill_stream(response);
    }

    void fill_stream(httplib::Response& response)
    {
        const auto provide = [this](std::size_t, httplib::DataSink& sink) { return stream_to(sink); };
        if (manner_->version_1_0)
            response.set_content_provider(answer_->type, provide);
        else
            response.set_chunked_content_provider(answer_->type, provide);
    }

    bool stream_to(httplib::DataSink& sink)
    {
        const auto write = [&](std::string_view piece) {
            if (!client_.pause(std::chrono::milliseconds(0))) return false;
            return piece.empty() || sink.write(piece.data(), piece.size());
        };
        try {
            if (!answer_->stream(write)) return false;
        } catch (const std::exception& fault) {
            log::error("an answer was broken off", {{"request_id", manner_->id}, {"error", fault.what()}});
            return false;
        }
        sink.done();
        return true;
    }

    Incoming& client_;
    const Response* answer_ = nullptr; ///< that is being written
    const Manner* manner_ = nullptr;
};

AnswerWriter::AnswerWriter(Incoming& client) : client_(client) {}

AnswerWriter::~AnswerWriter() = default;

bool AnswerWriter::write(const Response& answer, const Manner& manner)
{
    if (!answer.stream) return write_whole(client_, answer, manner);
    if (!parts_) parts_ = std::make_unique<Parts>(client_);
    return parts_->write(answer, manner);
}

} // namespace skerry::http
