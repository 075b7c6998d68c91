#pragma once

#include "agent/policy.hpp"
#include "api/action.hpp"
#include "projects/project_actions.hpp"
#include "sessions/attachments.hpp"

#include <optional>
#include <string>

/// What can be asked for that involves an agent: a project with its first prompt, a further prompt, an abort.
namespace skerry::sessions {

constexpr std::int64_t longest_prompt = 1'048'576; // bytes

/// Throws Error bad_request when it is not PROVIDER/MODEL.
std::string checked_model(const std::string& model);

struct CreateProject {
    std::string prompt; ///< empty: only the project
    std::optional<std::string> name;
    std::optional<std::string> template_name;
    std::optional<std::string> from;
    std::optional<std::string> model;
    std::optional<std::string> runtime;
    std::optional<std::string> on_permission;
};
constexpr auto fields(api::Tag<CreateProject>)
{
    return std::array{
        api::field<&CreateProject::prompt>(
            "prompt", "What the agent is asked to build; - reads it from standard input",
            {.positional = true, .max = longest_prompt, .placeholder = "PROMPT"}),
        api::field<&CreateProject::name>("name", "What people call it; else the prompt's first words",
                                         {.min = 1, .max = 80}),
        api::field<&CreateProject::template_name>("template", "Name or folder of the template",
                                                  {.min = 1, .max = 4096, .placeholder = "NAME|PATH"}),
        api::field<&CreateProject::from>("from", "Bring existing code: a folder or a git address",
                                         {.min = 1, .max = 4096, .placeholder = "PATH|URL"}),
        api::field<&CreateProject::model>("model", "The agent's model",
                                          {.min = 3, .max = 200, .placeholder = "PROVIDER/MODEL"}),
        api::field<&CreateProject::runtime>("runtime", "How app and agent are run",
                                            {.one_of = "auto|sandbox|docker|host"}),
        api::field<&CreateProject::on_permission>("onPermission", "Who decides what the agent may do",
                                                  {.one_of = agent::policy_names}),
    };
}
projects::Started create_project(api::Context& context, const CreateProject& input);

struct Prompt {
    std::string session;
    std::string text;
    std::optional<std::string> model;
    std::optional<std::string> on_permission;
    bool require_change = false;
    std::optional<std::string> check;
    std::int64_t fix = 0;
    std::optional<std::string> max_cost;
    std::optional<std::int64_t> max_turns;
    std::optional<std::string> time_limit;
    std::optional<std::string> idempotency_key;
    std::vector<std::string> attachments;
};
constexpr auto fields(api::Tag<Prompt>)
{
    return std::array{
        api::field<&Prompt::session>(
            "session", "A session, or a project (its newest session)",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&Prompt::text>(
            "text", "The prompt; - reads it from standard input",
            {.positional = true, .min = 1, .max = longest_prompt, .placeholder = "TEXT"}),
        api::field<&Prompt::model>("model", "Another model for this turn",
                                   {.min = 3, .max = 200, .placeholder = "PROVIDER/MODEL"}),
        api::field<&Prompt::on_permission>(
            "onPermission", "Who decides what the agent may do in this turn; else as the project says",
            {.one_of = agent::policy_names}),
        api::field<&Prompt::require_change>("requireChange", "The turn fails when it changes no file"),
        api::field<&Prompt::check>(
            "check", "Afterwards run this line by sh where the app runs; the turn fails with it",
            {.min = 1, .max = 10'000, .placeholder = "COMMAND"}),
        api::field<&Prompt::fix>("fix", "Tell the agent why the check failed, so many times at most",
                                 {.max = 20, .placeholder = "NUMBER"}),
        api::field<&Prompt::max_cost>("maxCost", "End the turn when it has cost that much, in US dollars",
                                      {.min = 1, .max = 20, .placeholder = "AMOUNT"}),
        api::field<&Prompt::max_turns>("maxTurns",
                                       "End the turn when the model wants to take more steps than that",
                                       {.min = 1, .max = 10'000, .placeholder = "NUMBER"}),
        api::field<&Prompt::time_limit>(
            "timeLimit", "End the turn when it has taken that long (90s, 5m), its check included",
            {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Prompt::idempotency_key>(
            "idempotencyKey", "A second prompt to the project with the same key is the first one again",
            {.min = 1, .max = 200, .placeholder = "KEY"}),
        api::field<&Prompt::attachments>("attachments", "Files, each as data:;name=NAME;base64,CONTENT",
                                         {.max = most_attachments, .placeholder = "DATA", .whole = true}),
    };
}
/// A prompt given again under one idempotency key starts nothing; another prompt under it is a conflict.
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
