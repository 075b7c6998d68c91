#include "cli/narrator.hpp"

#include "cli/display.hpp"
#include "cli/view.hpp"
#include "util/clock.hpp"

#include <algorithm>

namespace skerry::cli {
namespace {

constexpr std::size_t longest_title = 200;

std::string title_of(const api::Json& payload)
{
    auto title = harmless_line(payload["title"].view());
    return fit(title.empty() ? harmless_line(payload["tool"].view()) : title, longest_title);
}

std::string_view verb_of(std::string_view kind, const api::Json& payload)
{
    if (kind == "command") return "$";
    return payload["tool"].view();
}

/// In whole seconds, of which the last has begun.
std::string seconds_until(const api::Json& then, std::int64_t now)
{
    constexpr std::int64_t second = 1000;
    const auto seconds = (then.number() - now + second - 1) / second;
    return for_people(std::max<std::int64_t>(seconds, 1) * second);
}

} // namespace

std::string Narrator::finish_line()
{
    part_.clear();
    if (!in_line_) return {};
    in_line_ = false;
    return "\n";
}

std::string Narrator::line(Paint paint, std::string_view sign, std::string_view plain_sign,
                           std::string_view text)
{
    const auto mark = stream_.shows_symbols() ? sign : plain_sign;
    return finish_line() + stream_.paint(paint, mark) + " " + std::string(text) + "\n";
}

std::string Narrator::streamed(std::string_view addition, Paint paint)
{
    const auto safe = harmless(addition);
    if (safe.empty()) return {};
    in_line_ = safe.back() != '\n';
    return stream_.paint(paint, safe);
}

std::string Narrator::text(const api::Json& payload, bool thinking)
{
    const auto part = payload["partId"].text();
    const auto paint = thinking ? Paint::faint : Paint::plain;
    auto& shown = parts_[part];
    if (!thinking) shown_[payload["messageId"].text()] = true;
    std::string before;
    if (part_ != part) before = finish_line();
    part_ = part;
    if (!payload.has("text")) {
        shown += payload["delta"].view();
        return before + streamed(payload["delta"].view(), paint);
    }
    const auto whole = payload["text"].text();
    const auto known = whole.starts_with(shown) ? shown.size() : 0;
    if (known == 0 && !shown.empty()) before += finish_line();
    shown = whole;
    return before + streamed(std::string_view(whole).substr(known), paint);
}

std::string Narrator::message_end(const api::Json& payload)
{
    const auto message = payload["messageId"].text();
    const bool seen = shown_.erase(message) > 0;
    parts_.clear();
    const auto words = harmless(payload["text"].view());
    if (payload["role"].view() == "user")
        return line(Paint::strong, "›", ">", stream_.paint(Paint::strong, words));
    if (seen || words.empty()) return finish_line();
    auto result = finish_line();
    result += streamed(words, Paint::plain);
    return result + finish_line();
}

std::string Narrator::tool_start(const api::Json& payload)
{
    const auto kind = payload["kind"].view();
    const auto verb = verb_of(kind, payload);
    const auto title = title_of(payload);
    const auto shown = stream_.paint(Paint::accent, harmless_line(verb)) + (title == verb ? "" : " " + title);
    return finish_line() + "  " + shown + "\n";
}

std::string Narrator::tool_end(const api::Json& payload)
{
    const auto took = payload["durationMs"].number();
    const auto code = payload["exitCode"].number();
    constexpr std::int64_t worth_telling = 1000;
    if (payload["aborted"].boolean()) return line(Paint::warning, "   ↳", "   -", "aborted");
    if (code == 0 && took < worth_telling) return {};
    const auto time = took >= worth_telling ? ", " + for_people(took) : std::string();
    if (code != 0) return line(Paint::warning, "   ↳", "   -", "exit code " + std::to_string(code) + time);
    return line(Paint::faint, "   ↳", "   -", for_people(took));
}

std::string Narrator::tool_error(const api::Json& payload)
{
    return line(Paint::bad, "   ✗", "   x",
                title_of(payload) + ": " + fit(harmless_line(payload["error"].view()), longest_title));
}

std::string Narrator::request(const api::Json& payload, std::string_view what)
{
    auto words = title_of(payload);
    for (const auto& question : payload["questions"].items())
        words += " " + harmless_line(question["question"].view());
    return line(Paint::warning, "?", "?", std::string(what) + ": " + words);
}

std::string Narrator::todos(const api::Json& payload)
{
    auto result = finish_line();
    for (const auto& todo : payload["todos"].items()) {
        const bool done = todo["status"].view() == "completed";
        const auto mark =
            done ? (stream_.shows_symbols() ? "✓" : "x") : (stream_.shows_symbols() ? "·" : "-");
        const auto words = std::string(mark) + " " + harmless_line(todo["content"].view());
        result += "    " + stream_.paint(done ? Paint::faint : Paint::plain, words) + "\n";
    }
    return result;
}

std::string Narrator::diagnostic(const api::Json& payload, std::int64_t time)
{
    const auto attempt = payload["attempt"].number();
    auto words = harmless_line(payload["message"].view());
    if (payload.has("retryAt"))
        words +=
            ": attempt " + std::to_string(attempt + 1) + " in " + seconds_until(payload["retryAt"], time);
    auto result = line(Paint::warning, "!", "!", words);
    const auto hint = harmless_line(payload["hint"].view());
    if (!hint.empty() && attempt <= 1)
        result += "  " + stream_.paint(Paint::accent, "hint:") + " " + hint + "\n";
    return result;
}

std::string Narrator::turn_end(const api::Json& payload)
{
    const auto outcome = payload["outcome"].text();
    const bool good = outcome == "completed";
    auto words = stream_.paint(paint_of_state(outcome), outcome);
    if (const auto error = harmless_line(payload["error"].view()); !error.empty()) words += ": " + error;
    return line(good ? Paint::good : Paint::bad, good ? "✓" : "✗", good ? "*" : "x",
                words + turn_figures(payload["filesChanged"], payload["tokens"], payload["cost"].real()));
}

std::string Narrator::project_status(const api::Json& payload)
{
    const auto status = harmless_line(payload["status"].view());
    const auto error = harmless_line(payload["error"].view());
    if (status == "created") return {}; // whoever made it has just been told
    return line(paint_of_state(status), "●", "*",
                "project " + stream_.paint(paint_of_state(status), status) +
                    (error.empty() ? "" : ": " + error));
}

std::string Narrator::project_service(const api::Json& payload)
{
    const auto what = payload["what"].text();
    const bool good = what == "started" || what == "healthy";
    auto words = harmless_line(payload["service"].view()) + " " +
                 (what == "out_of_memory" ? "is out of memory" : harmless_line(what));
    if (payload.has("exitCode")) words += ", exit code " + std::to_string(payload["exitCode"].number());
    return line(good ? Paint::faint : Paint::bad, "●", "*", words);
}

std::string Narrator::tell(const events::Event& event)
{
    const auto& [type, project, session, turn, job, payload] = event.fact;
    if (type == "chat.message.part.added") return text(payload, false);
    if (type == "chat.reasoning.part") return text(payload, true);
    if (type == "chat.message.final") return message_end(payload);
    if (type == "chat.tool.start") return tool_start(payload);
    if (type == "chat.tool.finish") return tool_end(payload);
    if (type == "chat.tool.error") return tool_error(payload);
    if (type == "chat.file.changed")
        return finish_line() + "  " + stream_.paint(Paint::good, stream_.shows_symbols() ? "±" : "~") + " " +
               harmless_line(payload["path"].view()) + "\n";
    if (type == "chat.permission.requested") return request(payload, "the agent asks for a permission");
    if (type == "chat.question.requested") return request(payload, "the agent asks");
    if (type == "chat.todo.updated") return todos(payload);
    if (type == "chat.diagnostic") return diagnostic(payload, event.time);
    if (type == "chat.turn.ended") return turn_end(payload);
    if (type == "project.status") return project_status(payload);
    if (type == "project.service") return project_service(payload);
    if (type == "project.deleted") return line(Paint::faint, "●", "*", "project deleted");
    return {};
}

} // namespace skerry::cli
