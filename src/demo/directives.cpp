#include "demo/directives.hpp"

#include "demo/phrases.hpp"
#include "util/text.hpp"

#include <array>
#include <cctype>

namespace skerry::demo {
namespace {

using api::Json;
using Directive = std::optional<Reply> (*)(const Situation&);

/// Calls the tool first and says `last` when it has answered.
Reply once(const Situation& now, const std::string& tool, Json arguments, std::string last)
{
    if (!now.results.empty()) return say(std::move(last));
    return call(tool, std::move(arguments), "Calling " + tool + ". ");
}

std::optional<Reply> steps(const Situation& now)
{
    const auto rest = after_phrase(now.prompt, "steps: [");
    const auto end = rest ? rest->rfind(']') : std::string_view::npos;
    if (end == std::string_view::npos) return std::nullopt;
    const auto list = Json::try_parse("[" + std::string(rest->substr(0, end + 1)));
    if (!list) return say("The steps are not JSON.");
    if (now.steps >= list->items().size()) return say("All steps done.");
    const auto& step = list->items()[now.steps];
    if (!step["tool"].is_text()) return say(step["text"].text());
    return call(step["tool"].text(), step.has("args") ? step["args"] : Json::object(), step["text"].text());
}

std::optional<Reply> say_this(const Situation& now)
{
    const auto rest = after_phrase(now.prompt, "say: ");
    if (!rest) return std::nullopt;
    return say(std::string(*rest));
}

std::optional<Reply> fill_up(const Situation& now)
{
    const auto rest = after_phrase(now.prompt, "full: ");
    if (!rest) return std::nullopt;
    return Reply{.text = std::string(*rest), .full = true};
}

std::optional<Reply> subtask(const Situation& now)
{
    const auto rest = after_phrase(now.prompt, "subtask: ");
    if (!rest) return std::nullopt;
    return once(now, "task",
                Json::object({{"description", "a part of the work"},
                              {"prompt", first_line(*rest)},
                              {"subagent_type", "general"}}),
                "Subtask done.");
}

/// The K of " xK", 0 when there is none.
int repetitions(std::string_view text)
{
    if (text.size() < 3 || text[0] != ' ' || (text[1] != 'x' && text[1] != 'X')) return 0;
    text.remove_prefix(2);
    return take_number(text).value_or(0);
}

std::string recovery_after(int times)
{
    return "Recovered after " + std::to_string(times) + (times == 1 ? " failure." : " failures.");
}

std::optional<Reply> fail(const Situation& now)
{
    constexpr std::size_t digits = 3;
    for (auto rest = after_phrase(now.prompt, "http "); rest; rest = after_phrase(*rest, "http ")) {
        auto code = rest->substr(0, digits);
        const auto status = take_number(code);
        if (!status || !code.empty() || *status < 100) continue;
        const int times = repetitions(rest->substr(digits));
        return Reply{.kind = Reply::Kind::failure,
                     .status = *status,
                     .times = times,
                     .recovery = recovery_after(times)};
    }
    return std::nullopt;
}

std::optional<Reply> drop(const Situation& now)
{
    if (!stands_out(now.prompt, "drop")) return std::nullopt;
    const int times = repetitions(after_phrase(now.prompt, "drop").value_or(""));
    return Reply{.kind = Reply::Kind::drop,
                 .text = "This will be cut",
                 .times = times,
                 .recovery = recovery_after(times)};
}

std::optional<Reply> malform(const Situation& now)
{
    if (!stands_out(now.prompt, "malformed")) return std::nullopt;
    return Reply{.kind = Reply::Kind::malformed, .text = "Broken next: "};
}

std::optional<Reply> hang(const Situation& now)
{
    if (!stands_out(now.prompt, "hang")) return std::nullopt;
    return Reply{.kind = Reply::Kind::hang};
}

std::optional<Reply> go_slowly(const Situation& now)
{
    constexpr int usual_ticks = 120;
    auto rest = after_phrase(now.prompt, "slow ");
    const auto ticks = rest ? take_number(*rest) : std::nullopt;
    if (!ticks && !stands_out(now.prompt, "slow")) return std::nullopt;
    return Reply{.kind = Reply::Kind::slow, .ticks = ticks.value_or(usual_ticks)};
}

std::optional<Reply> reason(const Situation& now)
{
    if (!stands_out(now.prompt, "reason")) return std::nullopt;
    return Reply{.text = "Reasoned answer.", .reasoning = "First I think about it. Then I decide."};
}

std::optional<Reply> overflow(const Situation& now)
{
    if (!stands_out(now.prompt, "overflow")) return std::nullopt;
    return Reply{.text = "cut short by the limit", .finish = "length"};
}

/// Takes the path off `text`: up to a blank or a colon.
std::string take_path(std::string_view& text)
{
    std::string path(text.substr(0, text.find_first_of(": \t\r\n")));
    text.remove_prefix(path.size());
    return path;
}

std::optional<Reply> write(const Situation& now)
{
    auto rest = after_phrase(now.prompt, "write file ");
    const auto path = rest ? take_path(*rest) : "";
    if (path.empty()) return std::nullopt;
    const bool has_text = rest->starts_with(':');
    if (!has_text && !trim(first_line(*rest)).empty()) return std::nullopt; // "write file names on the page"
    if (has_text) rest->remove_prefix(1);
    while (!rest->empty() && std::isspace(static_cast<unsigned char>(rest->front())) != 0)
        rest->remove_prefix(1);
    const std::string content(has_text ? *rest : "hello from the scripted model");
    return once(now, "write", Json::object({{"filePath", path}, {"content", content + "\n"}}),
                "Wrote " + path + ".");
}

std::optional<Reply> edit(const Situation& now)
{
    auto rest = after_phrase(now.prompt, "edit file ");
    const auto path = rest ? take_path(*rest) : "";
    if (path.empty() || !rest->starts_with(": ")) return std::nullopt;
    const auto change = first_line(rest->substr(2));
    const auto arrow = change.find(" => ");
    if (arrow == std::string_view::npos) return std::nullopt;
    return once(now, "edit",
                Json::object({{"filePath", path},
                              {"oldString", change.substr(0, arrow)},
                              {"newString", change.substr(arrow + 4)}}),
                "Edited " + path + ".");
}

std::optional<Reply> read(const Situation& now)
{
    const auto rest = after_phrase(now.prompt, "read file ");
    const std::string path(rest ? rest->substr(0, rest->find_first_of(" \t\r\n")) : "");
    if (path.empty()) return std::nullopt;
    return once(now, "read", Json::object({{"filePath", path}}), "Read " + path + ".");
}

Json command(std::string_view text, std::string_view description)
{
    return Json::object({{"command", text}, {"description", description}});
}

std::optional<Reply> run(const Situation& now)
{
    const auto rest = after_phrase(now.prompt, "run: ");
    if (!rest) return std::nullopt;
    return once(now, "bash", command(first_line(*rest), "a command"), "The command has run.");
}

std::optional<Reply> ask(const Situation& now)
{
    if (!after_phrase(now.prompt, "ask question")) return std::nullopt;
    const auto option = [](const char* label, const char* description) {
        return Json::object({{"label", label}, {"description", description}});
    };
    const auto question =
        Json::object({{"question", "Which colour?"},
                      {"header", "Colour"},
                      {"options", Json::Array{option("Red", "a warm one"), option("Blue", "a cold one")}}});
    return once(now, "question", Json::object({{"questions", Json::Array{question}}}),
                "Thank you for the answer.");
}

std::optional<Reply> list_todos(const Situation& now)
{
    if (!stands_out(now.prompt, "todo")) return std::nullopt;
    const auto todo = [](const char* id, const char* content, const char* status, const char* priority) {
        return Json::object({{"id", id}, {"content", content}, {"status", status}, {"priority", priority}});
    };
    const Json::Array todos{todo("1", "first thing", "in_progress", "high"),
                            todo("2", "second thing", "pending", "low")};
    return once(now, "todowrite", Json::object({{"todos", todos}}), "List written.");
}

std::optional<Reply> call_bad_tool(const Situation& now)
{
    if (!after_phrase(now.prompt, "bad tool")) return std::nullopt;
    return once(now, "no_such_tool", Json::object({{"a", 1}}), "That tool does not exist.");
}

std::optional<Reply> call_badly(const Situation& now)
{
    if (!after_phrase(now.prompt, "bad args")) return std::nullopt;
    return once(now, "write", Json::object({{"nope", true}}), "Those arguments were wrong.");
}

std::optional<Reply> call_two(const Situation& now)
{
    if (!after_phrase(now.prompt, "two tools")) return std::nullopt;
    if (!now.results.empty()) return say("Both done.");
    auto reply = call("write", Json::object({{"filePath", "a.txt"}, {"content", "a\n"}}), "Two at once. ");
    reply.calls.push_back({"bash", command("echo two", "echo")});
    return reply;
}

std::optional<Reply> loop(const Situation& now)
{
    auto rest = after_phrase(now.prompt, "loop ");
    const auto wanted = rest ? take_number(*rest) : std::nullopt;
    if (!wanted) return std::nullopt;
    if (now.steps >= static_cast<std::size_t>(*wanted))
        return say("Looped " + std::to_string(*wanted) + " times.");
    const auto step = "step " + std::to_string(now.steps + 1);
    return call("bash", command("echo " + step, step), "");
}

constexpr auto all_directives = std::to_array<Directive>({
    steps, say_this,  fill_up,    subtask,       fail,       drop,     malform,
    hang,  go_slowly, reason,     overflow,      write,      edit,     read,
    run,   ask,       list_todos, call_bad_tool, call_badly, call_two, loop,
});

} // namespace

Reply say(std::string text)
{
    return {.text = std::move(text)};
}

Reply call(std::string tool, Json arguments, std::string text)
{
    return {.kind = Reply::Kind::tools,
            .text = std::move(text),
            .calls = {{std::move(tool), std::move(arguments)}},
            .finish = "tool_calls"};
}

std::optional<Reply> follow_directive(const Situation& now)
{
    for (const auto directive : all_directives)
        if (auto reply = directive(now)) return reply;
    return std::nullopt;
}

} // namespace skerry::demo
