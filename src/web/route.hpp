#pragma once

#include "api/action.hpp"
#include "http/server.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::web {

struct Visit;

/// What an address gives, for the description of all of them.
enum class Gives {
    object, ///< {"data": {...}}, with an ETag
    list,   ///< {"data": [...], "nextCursor": ...}
    json,   ///< JSON of its own form
    events, ///< a stream of server-sent events
    text,
    page,
    anything, ///< whatever the project's agent answers
};

/// An address that is not an action. The server, OpenAPI and the tests follow from the row.
struct Route {
    std::string_view method; ///< "GET", or "*" for every one; a GET answers HEAD too
    std::string_view
        pattern; ///< "/api/projects/:id"; ":name" stands for one part, "*" at the end for the rest
    api::Access access;
    Gives gives;
    std::string_view summary;
    std::span<const api::Field> query{}; ///< what may stand behind the "?"
    http::Response (*answer)(Visit& visit);
};

/// What stands in `path` for the names of the pattern, in order; nothing when it does not fit.
std::optional<std::vector<std::string>> matched(std::string_view pattern, std::string_view path);

/// Every address there is, but for those of the actions.
std::span<const Route> routes();

} // namespace skerry::web
