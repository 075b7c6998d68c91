#include "projects/project_access.hpp"

#include "projects/project_store.hpp"
#include "util/error.hpp"

namespace skerry::projects {

void require_seen(const api::Caller& caller, const Project& project)
{
    if (!api::sees(caller, project.id.value, project.owner))
        throw Error(Code::forbidden, "the project is somebody else's");
}

Project require(const api::Context& context, std::string_view reference)
{
    auto project = require(context.db, reference);
    require_seen(context.caller, project);
    return project;
}

std::vector<Project> list(const api::Context& context)
{
    auto found = list(context.db);
    std::erase_if(found, [&](const Project& project) {
        return !api::sees(context.caller, project.id.value, project.owner);
    });
    return found;
}

} // namespace skerry::projects
