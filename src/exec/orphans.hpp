#pragma once

#include "app/paths.hpp"
#include "db/connection.hpp"

#include <stop_token>

/// Commands whose worker died and whose job goes on elsewhere, or not at all.
namespace skerry::exec {

/// Ends every command that runs for a job which does not know of it any more: the job was cancelled, is dead,
/// waits again, or was taken over. What cannot be ended is left for the next time. Throws Error.
void end_all_orphans(const Paths& paths, db::Connection& db, const std::stop_token& stop = {});

} // namespace skerry::exec
