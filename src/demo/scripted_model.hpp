#pragma once

#include "api/json.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The language model "demo/scripted": no intelligence, but always the same reply to the same conversation.
/// It shows what skerry does without an account anywhere, and lets tests steer a real agent by what they
/// prompt.
///
/// What it can be told to do, in the user's last message, in any case; the first of these that fits counts:
///
///     steps: [..]            a JSON array of {"tool", "args", "text"?} or {"text"}, one for each step of the
///     turn say: TEXT              answers TEXT subtask: PROMPT        calls `task` for a subagent, which
///     gets PROMPT http NNN [xK]          fails with that HTTP status, always or the first K times that it is
///     asked just this drop                   breaks off in the middle of the answer malformed sends a broken
///     piece of JSON hang                   never answers slow [N]               N words (120), one each half
///     second reason                 thinks first, then answers overflow               stops at the limit of
///     tokens write file P[: TEXT]   calls `write` edit file P: A => B    calls `edit` read file P calls
///     `read` run: COMMAND           calls `bash` ask question           calls `question` todo calls
///     `todowrite` bad tool, bad args     calls a tool that does not exist, or one with arguments that do not
///     fit two tools              calls two tools at once loop N                 N steps of `bash`, one after
///     the other
///
/// Single words (drop, malformed, hang, slow, reason, overflow, todo) count only where they begin or end a
/// line. Any other prompt makes it put the prompt's quoted words, or else the prompt, on the page index.html.
namespace skerry::demo {

struct ToolCall {
    std::string name;
    api::Json arguments;
};

struct Reply {
    enum class Kind { text, tools, failure, drop, malformed, hang, slow };

    Kind kind = Kind::text;
    std::string text{}; ///< what it says; with `tools`, before it calls them
    std::string reasoning{};
    std::vector<ToolCall> calls{};
    std::string finish = "stop"; ///< the finish reason of a text
    int status = 0;              ///< of a failure
    int times = 0;               ///< of a failure: how often until `text` is answered instead; 0: always
    int ticks = 0;               ///< of a slow answer
    bool title = false;          ///< it is a title for the session and no part of the conversation
};

std::string_view name_of(Reply::Kind kind) noexcept;

/// What the model replies to a chat-completions request: a pure function of it.
Reply plan(const api::Json& request);

} // namespace skerry::demo
