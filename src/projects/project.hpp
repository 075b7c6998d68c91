#pragma once

#include "api/json.hpp"
#include "util/clock.hpp"
#include "util/id.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::projects {

enum class Status { created, starting, running, stopping, stopped, error, deleting };
std::string_view name_of(Status status) noexcept;
std::optional<Status> status_named(std::string_view name) noexcept;

struct Project;
using ProjectId = Id<Project>;

/// A folder of files with its app, its agent, its ports and its status.
struct Project {
    ProjectId id;
    std::string slug;
    std::string name;
    Status status = Status::created;
    std::string runtime;
    std::string runtime_reason{};             ///< why that one, for people; empty for old ones
    std::string model;                        ///< "provider/model"
    std::string on_permission = "allow";      ///< who decides what the agent may do: allow, ask, deny, fail
    std::optional<std::string> keep_events{}; ///< a duration, or "forever"; else as the settings say
    std::string template_name;                ///< or where the files came from
    std::filesystem::path path;
    std::optional<std::string> owner;
    int app_port = 0; ///< 0 until the project has been prepared
    int agent_port = 0;
    int model_port = 0; ///< of the scripted model; 0 for all others
    std::optional<std::string> last_error;
    Time created_at = 0;
    Time updated_at = 0;
};

/// {id, slug, name, status, runtime, runtimeReason, appPort, agentPort, appUrl, path, ownerUserId, model,
/// onPermission, keepEvents, template, createdAt, updatedAt, lastError}
api::Json to_json(const Project& project);

/// Whether its model is the one inside skerry that follows a script: it runs beside the agent as a third
/// service.
bool uses_scripted_model(const Project& project) noexcept;

/// Whether the project may be prompted, started, stopped: everything but a project that is being deleted.
bool is_alive(Status status) noexcept;
/// Throws Error conflict for one that is being deleted.
void require_alive(const Project& project);

} // namespace skerry::projects
