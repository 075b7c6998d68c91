#include "demo/completion.hpp"

#include "util/clock.hpp"
#include "util/id.hpp"
#include "util/text.hpp"

#include <vector>

namespace skerry::demo {
namespace {

using api::Json;
using namespace std::chrono_literals;

constexpr std::size_t bytes_per_token = 4;
constexpr std::size_t nearly_all_tokens = 195'000; // of the 200,000 that the agent is told to be there
constexpr std::size_t argument_bytes = 24;         // in one piece
constexpr auto tick_time = 500ms;

Json usage_of(const Completion& completion)
{
    constexpr std::size_t least = 5;
    const auto prompt = completion.reply.full ? nearly_all_tokens : completion.request_size / bytes_per_token;
    const auto answer = completion.reply.text.size() / bytes_per_token + least;
    return Json::object({{"prompt_tokens", prompt},
                         {"completion_tokens", answer},
                         {"total_tokens", prompt + answer},
                         {"prompt_tokens_details", Json::object({{"cached_tokens", 0}})}});
}

Json frame(const Completion& completion, std::string_view kind, const std::string& id)
{
    return Json::object(
        {{"id", id}, {"object", kind}, {"created", now() / 1000}, {"model", completion.model}});
}

Json tool_call(const ToolCall& call, const std::string& arguments)
{
    return Json::object({{"id", "call_" + random_id()},
                         {"type", "function"},
                         {"function", Json::object({{"name", call.name}, {"arguments", arguments}})}});
}

/// Words with the blanks that follow them.
std::vector<std::string_view> words_of(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto blank = std::min(text.find_first_of(blanks), text.size());
        const auto next = std::min(text.find_first_not_of(blanks, blank), text.size());
        words.push_back(text.substr(0, next));
        text.remove_prefix(next);
    }
    return words;
}

/// The answer on its way. Each step is false when nobody listens any more.
class Sender {
public:
    Sender(const Completion& completion, const http::Write& write)
        : completion_(completion), write_(write),
          frame_(frame(completion, "chat.completion.chunk", "chatcmpl-" + random_id()))
    {
    }

    bool begin() { return send(Json::object({{"role", "assistant"}, {"content", ""}})); }

    bool say(std::string_view name, std::string_view text)
    {
        for (const auto word : words_of(text))
            if (!send(Json::object({{std::string(name), word}})) || !completion_.pause(completion_.delay))
                return false;
        return true;
    }

    bool call_tools()
    {
        int index = 0;
        for (const auto& call : completion_.reply.calls)
            if (!call_tool(call, index++)) return false;
        return true;
    }

    bool tick()
    {
        for (int number = 1; number <= completion_.reply.ticks; ++number) {
            const auto word = "tick" + std::to_string(number) + " ";
            if (!send(Json::object({{"content", word}})) || !completion_.pause(tick_time)) return false;
        }
        return true;
    }

    bool end()
    {
        auto last = frame_;
        last.set("choices", Json::array()).set("usage", usage_of(completion_));
        return send(Json::object(), completion_.reply.finish) && send_text(last.dump()) &&
               send_text("[DONE]");
    }

    bool send_text(const std::string& text) { return write_("data: " + text + "\n\n"); }

private:
    bool send(Json delta, const Json& finish = nullptr)
    {
        auto chunk = frame_;
        const auto choice =
            Json::object({{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", finish}});
        return send_text(chunk.set("choices", Json::Array{choice}).dump());
    }

    bool call_tool(const ToolCall& call, int index)
    {
        auto head = tool_call(call, "");
        if (!send_call(head.set("index", index))) return false;
        const auto arguments = call.arguments.dump();
        std::string_view left = arguments;
        while (!left.empty()) {
            const auto piece = clip(left, argument_bytes);
            const auto part = Json::object({{"arguments", piece}});
            if (!completion_.pause(completion_.delay / 4) ||
                !send_call(Json::object({{"index", index}, {"function", part}})))
                return false;
            left.remove_prefix(piece.size());
        }
        return true;
    }

    bool send_call(Json call) { return send(Json::object({{"tool_calls", Json::Array{std::move(call)}}})); }

    const Completion& completion_;
    const http::Write& write_;
    Json frame_;
};

} // namespace

Json whole(const Completion& completion)
{
    const auto& reply = completion.reply;
    auto message = Json::object({{"role", "assistant"}, {"content", reply.text}});
    Json::Array calls;
    for (const auto& call : reply.calls) calls.push_back(tool_call(call, call.arguments.dump()));
    if (!calls.empty()) message.set("tool_calls", calls);
    const auto choice = Json::object({{"index", 0}, {"message", message}, {"finish_reason", reply.finish}});
    auto answer = frame(completion, "chat.completion", "chatcmpl-" + random_id());
    return answer.set("choices", Json::Array{choice}).set("usage", usage_of(completion));
}

bool stream(const Completion& completion, const http::Write& write)
{
    const auto& reply = completion.reply;
    Sender sender(completion, write);
    if (!sender.begin() || !sender.say("reasoning_content", reply.reasoning) ||
        !sender.say("content", reply.text))
        return false;
    switch (reply.kind) {
    case Reply::Kind::drop: return false;
    case Reply::Kind::malformed: return sender.send_text(R"({"id": "x", "choices": [ {)");
    case Reply::Kind::tools: return sender.call_tools() && sender.end();
    case Reply::Kind::slow: return sender.tick() && sender.end();
    case Reply::Kind::text:
    case Reply::Kind::failure:
    case Reply::Kind::hang: return sender.end();
    }
    return false;
}

} // namespace skerry::demo
