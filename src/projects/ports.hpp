#pragma once

#include "app/settings.hpp"
#include "db/connection.hpp"
#include "projects/project.hpp"

namespace skerry::projects {

/// Gives the project free ports of the configured range: held by no other project and by no program on this
/// machine. Those it held before are given up. To be called in a transaction. Throws Error unavailable when
/// none is left.
void allocate_ports(db::Connection& db, const Settings& settings, const Project& project);

} // namespace skerry::projects
