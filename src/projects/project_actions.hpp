#pragma once

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

Started start_project(api::Context& context, const NamedProject& input);
Started stop_project(api::Context& context, const NamedProject& input);
Started restart_project(api::Context& context, const NamedProject& input);
Started delete_project(api::Context& context, const NamedProject& input);

} // namespace skerry::projects
