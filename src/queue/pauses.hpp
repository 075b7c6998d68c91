#pragma once

#include "api/json.hpp"
#include "app/paths.hpp"
#include "db/connection.hpp"
#include "queue/job.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What people keep from being begun. What runs already runs on. A pause is a row, so that it outlives every
/// process.
namespace skerry::queue {

enum class Scope { all, queue, type };

/// "all", "queue", "type"
std::string_view name_of(Scope scope) noexcept;

struct Pause {
    Scope scope = Scope::all;
    std::string name{}; ///< of the queue or the type
    Time at = 0;
    std::string by{}; ///< the name of the user at the operating system; empty when nobody knows
};
/// {scope, name (null for all), pausedAt, pausedBy}
api::Json to_json(const Pause& pause);

/// "everything", "the queue builds", "the type exec"
std::string shown(const Pause& pause);

/// "the queue builds is paused by ann for 3 min"
std::string told(const Pause& pause, Time now);

/// "skerry jobs resume builds"
std::string resume_command(const Pause& pause);

/// The widest first.
std::vector<Pause> pauses(db::Connection& db);

/// The widest of those that hold the job, if any does.
std::optional<Pause> pause_that_holds(const std::vector<Pause>& pauses, const Job& job);

/// False when it was paused already: that pause stays as it was. Writes its own transaction.
bool pause(db::Connection& db, const Pause& pause);

/// What was resumed: for Scope::all every pause there is. Writes its own transaction and rings.
std::vector<Pause> resume(const Paths& paths, db::Connection& db, Scope scope, const std::string& name);

/// How many jobs wait that the pause holds.
std::int64_t count_held(db::Connection& db, const Pause& pause);

} // namespace skerry::queue
