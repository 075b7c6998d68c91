#pragma once

#include "api/field.hpp"
#include "http/server.hpp"
#include "web/visit.hpp"

#include <array>
#include <optional>
#include <string>

/// Reading projects.
namespace skerry::web {

struct ProjectsWanted {
    std::optional<std::string> status;
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
};
constexpr auto fields(api::Tag<ProjectsWanted>)
{
    return std::array{
        api::field<&ProjectsWanted::status>(
            "status", "Only those that stand at it",
            {.one_of = "created|starting|running|stopping|stopped|error|deleting"}),
        api::field<&ProjectsWanted::limit>("limit", "How many at most", {.min = 1, .max = 200}),
        api::field<&ProjectsWanted::cursor>("cursor", "What 'nextCursor' of the part before said",
                                            {.min = 1, .max = 100}),
    };
}

/// Whose projects the caller may see; nothing: everybody's.
std::optional<std::string> owner_to_see(const api::Caller& caller);

/// Without the place in the server's files, where a project is shown to who has none there.
api::Json for_caller(const api::Caller& caller, api::Json project);

http::Response list_projects(Visit& visit);
http::Response show_project(Visit& visit);

} // namespace skerry::web
