#pragma once

#include "agent/policy.hpp"
#include "api/action.hpp"
#include "projects/project.hpp"
#include "queue/job.hpp"
#include "queue/kind.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::projects {

/// A project and the job that was started for it.
struct Started {
    Project project;
    queue::JobId job = 0;
    std::optional<std::string> session{};
    std::optional<std::string> turn{};
    bool deduplicated = false; ///< it had been started before
};
/// The project's JSON with jobId, sessionId?, turnId?, deduplicated?
api::Json to_json(const Started& started);

struct NamedProject {
    std::string project;
};
constexpr auto fields(api::Tag<NamedProject>)
{
    return std::array{api::field<&NamedProject::project>(
        "project", "Id, slug, or unique beginning of an id",
        {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"})};
}

struct ProjectSettings {
    std::string project;
    std::optional<std::string> on_permission;
    std::optional<std::string> keep_events;
};
constexpr auto fields(api::Tag<ProjectSettings>)
{
    return std::array{
        api::field<&ProjectSettings::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&ProjectSettings::on_permission>("onPermission", "Who decides what the agent may do",
                                                    {.one_of = agent::policy_names}),
        api::field<&ProjectSettings::keep_events>(
            "keepEvents", "How long the events of its sessions are kept; default: as the settings say",
            {.min = 1, .max = 20, .placeholder = "DURATION|forever|default"}),
    };
}
/// Changes what is given. Throws Error bad_request when nothing is.
Project set_project(api::Context& context, const ProjectSettings& input);

struct NewName {
    std::string project;
    std::string name;
};
constexpr auto fields(api::Tag<NewName>)
{
    return std::array{
        api::field<&NewName::project>("project", "Id, slug, or unique beginning of an id",
                                      {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&NewName::name>("name", "What people call it from now on",
                                   {.positional = true, .min = 1, .max = 80, .placeholder = "NAME"}),
    };
}
/// Its slug, by which scripts know it, stays.
Project rename_project(api::Context& context, const NewName& input);

Started start_project(api::Context& context, const NamedProject& input);
Started stop_project(api::Context& context, const NamedProject& input);
Started restart_project(api::Context& context, const NamedProject& input);
Started delete_project(api::Context& context, const NamedProject& input);

} // namespace skerry::projects
