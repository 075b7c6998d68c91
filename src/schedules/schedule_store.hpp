#pragma once

#include "db/connection.hpp"
#include "schedules/schedule.hpp"

#include <optional>
#include <string>
#include <vector>

/// All the SQL of schedules. What writes expects the caller's transaction.
namespace skerry::schedules {

/// False when the name is taken.
bool insert(db::Connection& db, const Schedule& schedule);
std::optional<Schedule> find(db::Connection& db, const std::string& name);
/// Throws Error not_found.
Schedule require(db::Connection& db, const std::string& name);
/// By name.
std::vector<Schedule> list(db::Connection& db);
/// False when there was none.
bool remove(db::Connection& db, const std::string& name);

/// When the next slot of all comes; nothing when none is to come.
std::optional<Time> next_of_all(db::Connection& db);
/// Those with a slot at `now` or before, `most` at most.
std::vector<Schedule> due(db::Connection& db, Time now, int most);

/// Moves on to the next slot.
void set_next(db::Connection& db, const std::string& name, Time next_at);
void set_last(db::Connection& db, const std::string& name, Time last_at, queue::JobId job);
/// Who pauses what is paused already changes nothing.
void pause(db::Connection& db, const std::string& name, const std::string& by);
void resume(db::Connection& db, const std::string& name, Time next_at);

} // namespace skerry::schedules
