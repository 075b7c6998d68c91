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
};
/// The project's JSON with jobId, sessionId?, turnId?
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
};
constexpr auto fields(api::Tag<ProjectSettings>)
{
    return std::array{
        api::field<&ProjectSettings::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&ProjectSettings::on_permission>("onPermission", "Who decides what the agent may do",
                                                    {.one_of = agent::policy_names}),
    };
}
/// Changes what is given. Throws Error bad_request when nothing is.
Project set_project(api::Context& context, const ProjectSettings& input);

Started start_project(api::Context& context, const NamedProject& input);
Started stop_project(api::Context& context, const NamedProject& input);
Started restart_project(api::Context& context, const NamedProject& input);
Started delete_project(api::Context& context, const NamedProject& input);

} // namespace skerry::projects
