#include "projects/project.hpp"

#include "util/error.hpp"

namespace skerry::projects {

std::string_view name_of(Status status) noexcept
{
    switch (status) {
    case Status::created: return "created";
    case Status::starting: return "starting";
    case Status::running: return "running";
    case Status::stopping: return "stopping";
    case Status::stopped: return "stopped";
    case Status::error: return "error";
    case Status::deleting: return "deleting";
    }
    return "";
}

std::optional<Status> status_named(std::string_view name) noexcept
{
    for (const auto status : {Status::created, Status::starting, Status::running, Status::stopping,
                              Status::stopped, Status::error, Status::deleting})
        if (name_of(status) == name) return status;
    return std::nullopt;
}

bool uses_scripted_model(const Project& project) noexcept
{
    return project.model == "demo/scripted";
}

bool is_alive(Status status) noexcept
{
    return status != Status::deleting;
}

void require_alive(const Project& project)
{
    if (!is_alive(project.status))
        throw Error(Code::conflict, "the project " + project.slug + " is being deleted");
}

api::Json to_json(const Project& project)
{
    const auto port = [](int number) { return number != 0 ? std::optional(number) : std::nullopt; };
    const auto url = project.app_port != 0
                         ? std::optional("http://127.0.0.1:" + std::to_string(project.app_port) + "/")
                         : std::nullopt;
    return api::Json::object({
        {"id", project.id.value},
        {"slug", project.slug},
        {"name", project.name},
        {"status", name_of(project.status)},
        {"runtime", project.runtime},
        {"runtimeReason", project.runtime_reason},
        {"model", project.model},
        {"onPermission", project.on_permission},
        {"keepEvents", project.keep_events},
        {"template", project.template_name},
        {"appPort", port(project.app_port)},
        {"agentPort", port(project.agent_port)},
        {"appUrl", url},
        {"path", project.path.string()},
        {"ownerUserId", project.owner},
        {"createdAt", project.created_at},
        {"updatedAt", project.updated_at},
        {"lastError", project.last_error},
    });
}

} // namespace skerry::projects
