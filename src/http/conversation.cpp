#include "http/conversation.hpp"

#include "http/answer_writer.hpp"
#include "http/headers.hpp"
#include "http/hub.hpp"
#include "http/incoming_body.hpp"
#include "http/request_id.hpp"
#include "http/status.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"

#include <exception>

namespace skerry::http {
namespace {

constexpr std::int64_t time_for_more = 20; // ms
constexpr int client_gone = 499;

Response failure(const std::string& id, int status, const std::string& what)
{
    constexpr int from_here_on_ours = 500;
    if (status >= from_here_on_ours)
        log::error("a request could not be answered", {{"request_id", id}, {"error", what}});
    return error_answer(status, reason_of(status));
}

/// What the client is told when it is refused before the handler, or because of its body.
Response refusal_of(int status)
{
    return error_answer(status, status == 408   ? "the request did not come in time"
                                : status == 413 ? "the request's body is too large"
                                                : reason_of(status));
}

/// A handler that makes answers of errors itself takes a client that is too slow for its own lateness.
Response blamed(Response answer, const IncomingBody* body)
{
    if (body == nullptr || body->refusal() != 408 || answer.status != 504) return answer;
    auto refused = refusal_of(body->refusal());
    answer.status = refused.status;
    answer.type = std::move(refused.type);
    answer.body = std::move(refused.body);
    return answer;
}

Response checked(Response answer, const Request& request, const Hub* hub)
{
    if (answer.feed && hub == nullptr) return failure(request.id, 500, "there is no hub");
    if (!is_line(answer.type)) return failure(request.id, 500, "the content type has a line break");
    for (const auto& [name, value] : answer.headers)
        if (!is_line(name) || !is_line(value))
            return failure(request.id, 500, "the header " + name + " has a line break");
    return answer;
}

/// What the handler says, or what becomes of its exception.
Response answer_to(const Request& request, const Surroundings& surroundings, const IncomingBody* body)
{
    try {
        return checked(blamed(surroundings.handler(request), body), request, surroundings.options.hub);
    } catch (const Error& fault) {
        if (body != nullptr && body->refusal() != 0) return refusal_of(body->refusal());
        if (fault.code() == Code::cancelled && !request.pause(std::chrono::milliseconds(0)))
            return {.status = client_gone};
        return failure(request.id, status_of(fault.code()), fault.what());
    } catch (const std::exception& fault) {
        return failure(request.id, 500, fault.what());
    }
}

class Conversation {
public:
    explicit Conversation(Incoming& client) : client_(client), writer_(client) {}

    /// One request whose head is there, and its answer.
    Ending exchange()
    {
        const auto start = std::chrono::steady_clock::now();
        const auto written = client_.written();
        auto head = client_.take_head();
        auto& request = head.request;
        request.id = next_request_id();
        Exchange told{
            .id = request.id, .method = request.method, .path = request.path, .address = client_.address()};

        const auto ending = head.refusal == 0 ? answer(head) : refuse(head);
        told.label = std::move(answer_.label);
        told.status = answer_.status;
        told.bytes = client_.written() - written;
        told.duration =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
        tell(told);
        answer_ = {};
        return ending;
    }

private:
    Ending answer(RequestHead& head)
    {
        Manner manner{.id = head.request.id,
                      .only_head = head.request.method == "HEAD",
                      .version_1_0 = head.version_1_0};
        const auto body = head.chunked || head.length > 0 ? std::make_shared<IncomingBody>(client_, head)
                                                          : std::shared_ptr<IncomingBody>();
        complete(head.request, body);
        answer_ = answer_to(head.request, client_.surroundings(), body.get());
        if (body && body->refusal() == client_gone) answer_.status = client_gone;
        if (answer_.status == client_gone) return Ending::over;

        const bool is_read = !body || body->finish();
        manner.closes = !is_read || !head.keep_alive || answer_.feed || client_.stopping();
        if (!writer_.write(answer_, manner)) return Ending::over;
        if (answer_.feed && !manner.only_head) return follow();
        return manner.closes ? close(!is_read) : Ending::next_request;
    }

    void complete(Request& request, std::shared_ptr<IncomingBody> body)
    {
        if (request.method == "HEAD") request.method = "GET";
        request.address = client_.address();
        request.body = std::move(body);
        request.pause = [this](std::chrono::milliseconds time) { return client_.pause(time); };
        request.await = [this](int descriptor, short events, std::chrono::milliseconds time) {
            return client_.await(descriptor, events, time);
        };
    }

    Ending refuse(const RequestHead& head)
    {
        answer_ = refusal_of(head.refusal);
        return writer_.write(answer_, {.id = head.request.id, .closes = true}) ? close(true) : Ending::over;
    }

    Ending follow()
    {
        client_.surroundings().options.hub->adopt(client_.take_socket(), std::move(answer_.feed));
        return Ending::over;
    }

    Ending close(bool is_talking)
    {
        is_talking = is_talking || !client_.input().empty();
        client_.say_goodbye();
        return is_talking ? Ending::goodbye : Ending::over;
    }

    void tell(const Exchange& exchange) const
    {
        const auto& observer = client_.surroundings().options.observer;
        try {
            if (observer) observer(exchange);
        } catch (const std::exception& fault) {
            log::error("a request could not be told of",
                       {{"request_id", exchange.id}, {"error", fault.what()}});
        }
    }

    Incoming& client_;
    AnswerWriter writer_;
    Response answer_;
};

} // namespace

Ending converse(Incoming& client, const std::function<bool()>& is_crowded)
{
    Conversation conversation(client);
    for (;;) {
        while (client.has_head())
            if (const auto ending = conversation.exchange(); ending != Ending::next_request) return ending;
        // Who asks one thing after the other is answered without a change of threads.
        if (!client.input().empty() || is_crowded()) return Ending::next_request;
        switch (client.receive(monotonic_now() + time_for_more)) {
        case Incoming::Received::bytes: break;
        case Incoming::Received::late: return Ending::next_request;
        case Incoming::Received::gone: return Ending::over;
        }
    }
}

} // namespace skerry::http
