#pragma once

#include "api/json.hpp"
#include "db/connection.hpp"
#include "util/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::events {

/// A fact that is about to be stored. What it is about is named by id; none of the ids is required.
struct Draft {
    std::string type; ///< "chat.tool.start", "project.status", "job.state"
    std::string project{};
    std::string session{};
    std::string turn{};
    std::int64_t job = 0;
    api::Json payload = api::Json::object();
};

/// A stored fact. `seq` grows in the order of the commits: whoever has seen n has missed nothing below n.
struct Event {
    std::int64_t seq = 0;
    Time time = 0;
    Draft fact;
};

/// {seq, type, projectId, sessionId, turnId?, jobId?, time, payload}
api::Json to_json(const Event& event);

/// Stores it in the caller's transaction (or in one of its own). Returns its seq.
std::int64_t append(db::Connection& db, const Draft& draft);

/// Which events somebody wants; empty fields want all.
struct Filter {
    std::string project{};
    std::string session{};
    std::string turn{};
    std::vector<std::string> types{}; ///< exact, or a beginning that ends with '.': "chat."
};

/// Whether somebody with this filter wants to hear of it.
bool wants(const Filter& filter, const Draft& fact);

/// What a bounded look at the log came to.
struct Part {
    std::vector<Event> events{}; ///< those that are wanted, oldest first
    std::int64_t next = 0;       ///< where to look on
    bool more = false;           ///< there may be more behind it
};
/// Looks at the next `rows` events after `after`, of which fewer may be wanted: it takes no longer the rarer
/// they are.
Part read_part(db::Connection& db, const Filter& filter, std::int64_t after, int rows = 500);

/// The next events after `after`, oldest first, at most `limit`.
std::vector<Event> read(db::Connection& db, const Filter& filter, std::int64_t after, int limit = 500);

/// Gives a stored event another payload, and removes events; in the caller's transaction. For what the log
/// says as well without them.
void rewrite(db::Connection& db, std::int64_t seq, const api::Json& payload);
void remove(db::Connection& db, const std::vector<std::int64_t>& seqs);

/// The seq that was given last, also when its event is gone; 0 when there was none.
std::int64_t newest(db::Connection& db);

} // namespace skerry::events
