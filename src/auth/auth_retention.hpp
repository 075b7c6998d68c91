#pragma once

#include "db/connection.hpp"
#include "queue/kind.hpp"

namespace skerry::auth {

/// Removes logins and set-up tokens that have expired, and tries of passwords that are long ago; some
/// thousands at a time.
void remove_expired(db::Connection& db, Time now);

/// What program/ gives to the workers.
queue::Feeder auth_retention();

} // namespace skerry::auth
