#include "web/project_reads.hpp"

#include "projects/observation.hpp"
#include "projects/project_access.hpp"
#include "projects/project_store.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_access.hpp"
#include "web/answer.hpp"
#include "web/paging.hpp"

namespace skerry::web {

std::optional<std::string> owner_to_see(const api::Caller& caller)
{
    return caller.admin || api::sees_all(caller) ? std::nullopt : std::optional(caller.user);
}

api::Json for_caller(const api::Caller& caller, api::Json project)
{
    const bool is_project = project.is_object() && project.has("path") && project.has("ownerUserId");
    if (is_project && !api::sees_all(caller)) project.set("path", nullptr);
    return project;
}

http::Response list_projects(Visit& visit)
{
    const auto options = read_query<ProjectsWanted>(visit.request);
    projects::Slice slice{.owner = owner_to_see(visit.caller()),
                          .only = visit.caller().only_project,
                          .status = options.status.value_or(""),
                          .limit = options.limit};
    if (options.cursor) {
        auto place = place_in(*options.cursor);
        slice.created_at = place.time;
        slice.id = std::move(place.id);
    }
    auto items = api::Json::array();
    const auto found = projects::list_part(visit.db(), slice);
    for (const auto& project : found) items.push(for_caller(visit.caller(), to_json(project)));
    std::optional<std::string> next;
    if (std::cmp_equal(found.size(), options.limit))
        next = cursor_of({found.back().created_at, found.back().id.value});
    return list(items, next);
}

http::Response show_project(Visit& visit)
{
    const auto project = projects::require(visit.context, visit.parts.front());
    auto json = to_json(projects::observe(visit.app(), visit.db(), project));
    return data_with_tag(visit.request, for_caller(visit.caller(), std::move(json)));
}

} // namespace skerry::web
