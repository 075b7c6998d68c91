#pragma once

#include "api/json.hpp"
#include "db/connection.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::sessions {

/// What the turns of one project, model or day came to.
struct Usage {
    std::string of; ///< the project's slug, the model, or the day as 2026-11-23, in this machine's time zone
    std::int64_t turns = 0;
    std::int64_t tokens_input = 0;
    std::int64_t tokens_output = 0;
    double cost = 0;
};
/// {of, turns, tokens {input, output}, cost}
api::Json to_json(const Usage& usage);

inline constexpr std::string_view usage_groups = "project|model|day";

/// The costliest first, days newest first; `by` is one of usage_groups. Also what deleted projects have used.
/// With `session`, of that one alone.
std::vector<Usage> usage(db::Connection& db, std::string_view by, std::string_view session = {});

} // namespace skerry::sessions
