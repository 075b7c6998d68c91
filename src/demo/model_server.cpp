#include "demo/model_server.hpp"

#include "api/json.hpp"
#include "demo/completion.hpp"
#include "demo/request_log.hpp"
#include "demo/scripted_model.hpp"
#include "demo/situation.hpp"
#include "util/clock.hpp"
#include "util/text.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace skerry::demo {
namespace {

using api::Json;
using http::Request;
using http::Response;
using namespace std::chrono_literals;

constexpr auto longest_silence = std::chrono::hours(1);
constexpr std::size_t most_counted = 1000; // prompts
constexpr std::size_t largest_request = 32U << 20U;

Response json_answer(int status, const Json& body)
{
    return {.status = status, .type = "application/json", .body = body.dump()};
}

Response fault(int status, const std::string& message)
{
    const auto* code = status == 429 ? "rate_limit_exceeded" : "scripted";
    auto answer = json_answer(
        status,
        Json::object(
            {{"error", Json::object({{"message", message}, {"type", "scripted_error"}, {"code", code}})}}));
    if (status == 429) answer.headers.emplace_back("Retry-After", "1");
    if (status == 503) answer.headers.emplace_back("Retry-After-Ms", "200");
    return answer;
}

/// How often each prompt has failed: all that is remembered between two requests.
class Failures {
public:
    /// Whether `prompt`, which is to fail `times` times (0: always), has to fail once more.
    bool again(const std::string& prompt, int times)
    {
        const std::lock_guard guard(lock_);
        if (counts_.size() >= most_counted) counts_.clear();
        return times == 0 || counts_[prompt]++ < times;
    }

private:
    std::mutex lock_;
    std::map<std::string, int> counts_;
};

class ModelServer {
public:
    explicit ModelServer(const ModelOptions& options) : delay_(options.delay)
    {
        if (options.request_log) log_.emplace(*options.request_log);
    }

    Response answer(const Request& request)
    {
        if (request.method == "GET" && request.path.ends_with("/models")) return models();
        if (!request.path.ends_with("/chat/completions")) return fault(404, "there is no such address");
        if (request.method != "POST") return fault(405, "only POST is understood here");
        const auto text = whole_body(request, largest_request);
        const auto body = Json::try_parse(text);
        if (!body) return fault(400, "the body is not JSON");
        return complete(request, *body, text.size());
    }

private:
    static Response models()
    {
        const auto model = Json::object({{"id", "scripted"}, {"object", "model"}});
        return json_answer(200, Json::object({{"object", "list"}, {"data", Json::Array{model}}}));
    }

    Response complete(const Request& request, const Json& body, std::size_t size)
    {
        auto reply = plan(body);
        const auto situation = understand(body);
        const bool fails = reply.kind == Reply::Kind::failure || reply.kind == Reply::Kind::drop;
        if (fails && !failures_.again(situation.prompt, reply.times)) reply = {.text = reply.recovery};
        note(reply, body, situation);
        if (reply.kind == Reply::Kind::failure)
            return fault(reply.status, "scripted error " + std::to_string(reply.status));
        if (reply.kind == Reply::Kind::hang) request.pause(longest_silence);

        const Completion completion{.reply = std::move(reply),
                                    .model = body["model"].text("scripted"),
                                    .request_size = size,
                                    .delay = delay_,
                                    .pause = request.pause};
        if (!body["stream"].boolean()) return json_answer(200, whole(completion));
        return {.type = "text/event-stream",
                .headers = {{"Cache-Control", "no-cache"}},
                .stream = [completion](const http::Write& write) { return stream(completion, write); }};
    }

    void note(const Reply& reply, const Json& body, const Situation& situation) const
    {
        constexpr std::size_t longest_prompt = 2000;
        if (!log_) return;
        log_->add(Json::object({{"time", now()},
                                {"kind", name_of(reply.kind)},
                                {"title", reply.title},
                                {"prompt", clip(situation.prompt, longest_prompt)},
                                {"prompts", situation.prompts},
                                {"steps", situation.steps},
                                {"messages", body["messages"].items().size()}}));
    }

    std::chrono::milliseconds delay_;
    std::optional<RequestLog> log_;
    Failures failures_;
};

} // namespace

http::Server::Handler model_handler(const ModelOptions& options)
{
    const auto server = std::make_shared<ModelServer>(options);
    return [server](const Request& request) { return server->answer(request); };
}

void serve_model(const std::string& host, int port, const std::optional<std::filesystem::path>& request_log,
                 std::stop_token stop, std::chrono::milliseconds delay)
{
    http::Server server(model_handler({.request_log = request_log, .delay = delay}));
    server.bind(host, port);
    server.serve(stop);
}

} // namespace skerry::demo
