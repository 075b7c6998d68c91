#pragma once

#include "api/action.hpp"
#include "http/server.hpp"
#include "web/site.hpp"

#include <string>
#include <vector>

namespace skerry::web {

/// One request that has been let in: who asks, what for, and what it is answered with.
struct Visit {
    Site& site;
    const http::Request& request;
    api::Context context;
    std::vector<std::string> parts{}; ///< what stands in the path for the pattern's ":names", in order

    [[nodiscard]] db::Connection& db() const { return context.db; }
    [[nodiscard]] App& app() const { return site.app; }
    [[nodiscard]] const api::Caller& caller() const { return context.caller; }
};

} // namespace skerry::web
