#pragma once

#include "api/json.hpp"

#include <string>
#include <string_view>
#include <vector>

// clang-format off
/// The language model "demo/scripted": no intelligence, but always the same reply to the same conversation.
/// It shows what skerry does without an account anywhere, and lets tests steer a real agent by what they
/// prompt.
///
/// What it can be told to do, in the user's last message, in any case; the first of these that fits counts:
///
///     steps: [..]            a JSON array of {"tool", "args", "text"?} or {"text"}, one for each step
///     say: TEXT              answers TEXT
///     full: TEXT             answers TEXT, and counts so many tokens that the agent has to summarise
///     subtask: PROMPT        calls `task` for a sub-agent, which gets PROMPT
///     http NNN [xK]          fails with that HTTP status, always or the first K times it is asked this
///     drop [xK]              breaks off in the middle of the answer, always or the first K times
///     malformed              sends a broken piece of JSON
///     hang                   never answers
///     slow [N]               N words (120), one each half second
///     reason                 thinks first, then answers
///     overflow               stops at the limit of tokens
///     write file P[: TEXT]   calls `write`
///     edit file P: A => B    calls `edit`
///     read file P            calls `read`
///     run: COMMAND           calls `bash`
///     ask question           calls `question`
///     todo                   calls `todowrite`
///     bad tool, bad args     calls a tool that does not exist, or one with arguments that do not fit
///     two tools              calls two tools at once
///     loop N                 N steps of `bash`, one after the other
///
/// Single words (drop, malformed, hang, slow, reason, overflow, todo) count only where they begin or end a
/// line. Any other prompt makes it put the prompt's quoted words, or else the prompt, on the page index.html.
/// When the agent has summarised the conversation and asks to go on, it has nothing left to do.
// clang-format on
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
    int times = 0;               ///< of a failure or drop: how often until `recovery` is answered; 0: always
    std::string recovery{};
    int ticks = 0;      ///< of a slow answer
    bool full = false;  ///< it counts about as many tokens as the model can take
    bool title = false; ///< it is a title for the session and no part of the conversation
};

std::string_view name_of(Reply::Kind kind) noexcept;

/// What the model replies to a chat-completions request: a pure function of it.
Reply plan(const api::Json& request);

} // namespace skerry::demo
