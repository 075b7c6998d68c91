#pragma once

#include "api/action.hpp"
#include "projects/project_actions.hpp"

#include <optional>
#include <string>

/// What can be asked for that involves an agent: a project with its first prompt, a further prompt, an abort.
namespace skerry::sessions {

struct CreateProject {
    std::string prompt; ///< empty: only the project
    std::optional<std::string> name;
    std::optional<std::string> template_name;
    std::optional<std::string> from;
    std::optional<std::string> model;
    std::optional<std::string> runtime;
};
constexpr auto fields(api::Tag<CreateProject>)
{
    return std::array{
        api::field<&CreateProject::prompt>("prompt",
                                           "What the agent is asked to build; - reads it from standard input",
                                           {.positional = true, .max = 100'000, .placeholder = "PROMPT"}),
        api::field<&CreateProject::name>("name", "What people call it; else the prompt's first words",
                                         {.min = 1, .max = 80}),
        api::field<&CreateProject::template_name>("template", "Name or folder of the template",
                                                  {.min = 1, .max = 4096, .placeholder = "NAME|PATH"}),
        api::field<&CreateProject::from>("from", "Bring existing code: a folder or a git address",
                                         {.min = 1, .max = 4096, .placeholder = "PATH|URL"}),
        api::field<&CreateProject::model>("model", "The agent's model",
                                          {.min = 3, .max = 200, .placeholder = "PROVIDER/MODEL"}),
        api::field<&CreateProject::runtime>("runtime", "How app and agent are run",
                                            {.one_of = "sandbox|host"}),
    };
}
projects::Started create_project(api::Context& context, const CreateProject& input);

struct Prompt {
    std::string session;
    std::string text;
    std::optional<std::string> model;
};
constexpr auto fields(api::Tag<Prompt>)
{
    return std::array{
        api::field<&Prompt::session>(
            "session", "A session, or a project (its newest session)",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&Prompt::text>("text", "The prompt; - reads it from standard input",
                                  {.positional = true, .min = 1, .max = 100'000, .placeholder = "TEXT"}),
        api::field<&Prompt::model>("model", "Another model for this turn",
                                   {.min = 3, .max = 200, .placeholder = "PROVIDER/MODEL"}),
    };
}
projects::Started prompt(api::Context& context, const Prompt& input);

struct NamedSession {
    std::string session;
};
constexpr auto fields(api::Tag<NamedSession>)
{
    return std::array{api::field<&NamedSession::session>(
        "session", "A session, or a project (its newest session)",
        {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"})};
}
/// Ends the session's live turns as cancelled; the answer says how many.
struct Aborted {
    std::int64_t turns = 0;
};
api::Json to_json(const Aborted& aborted);
Aborted abort(api::Context& context, const NamedSession& input);

} // namespace skerry::sessions
