#pragma once

#include "api/action.hpp"
#include "sessions/session.hpp"
#include "sessions/session_actions.hpp"

#include <optional>
#include <string>

/// Conversations as such: begun, forked, deleted. None of it needs the agent: it hears of it with the next
/// prompt.
namespace skerry::sessions {

struct NewSession {
    std::string project;
    std::optional<std::string> title;
    std::optional<std::string> model;
    std::optional<std::string> agent;
};
constexpr auto fields(api::Tag<NewSession>)
{
    return std::array{
        api::field<&NewSession::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&NewSession::title>("title", "What people call it", {.min = 1, .max = 200}),
        api::field<&NewSession::model>("model", "The model of its prompts; else the project's",
                                       {.min = 3, .max = 200, .placeholder = "PROVIDER/MODEL"}),
        api::field<&NewSession::agent>("agent", "build changes files, plan only looks and thinks",
                                       {.one_of = "build|plan"}),
    };
}
Session create_session(api::Context& context, const NewSession& input);

struct Fork {
    std::string session;
    std::optional<std::string> at;
    std::optional<std::string> title;
};
constexpr auto fields(api::Tag<Fork>)
{
    return std::array{
        api::field<&Fork::session>(
            "session", "A session, or a project (its newest session)",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&Fork::at>("at", "The last turn that the new session remembers; else all that have ended",
                              {.min = 1, .max = 40, .placeholder = "TURN"}),
        api::field<&Fork::title>("title", "What people call it", {.min = 1, .max = 200}),
    };
}
/// A session that begins with the conversation of another. The files are the project's, and stay as they are.
/// Throws Error conflict when there is no ended turn to fork at.
Session fork_session(api::Context& context, const Fork& input);

/// Deletes a session with its turns and events; what it changed in the project stays. Throws Error conflict
/// when a turn of it has not ended, or a fork of it has not begun.
Session delete_session(api::Context& context, const NamedSession& input);

} // namespace skerry::sessions
