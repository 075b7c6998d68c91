#pragma once

#include "app/paths.hpp"
#include "db/connection.hpp"
#include "queue/kind.hpp"

#include <string>

/// Taking jobs away from workers that died or hang. Each writes transactions of its own.
namespace skerry::queue {

/// Ends the attempts of workers whose lock is free (crashed: performed again at once, in their old place in
/// line) and of living ones, other than `self`, that did not renew their lease (timeout). Returns how many.
int take_over(const Paths& paths, db::Connection& db, const Kinds& kinds, const std::string& self);

/// Likewise for one job, if it runs and its worker is dead.
bool take_over(const Paths& paths, db::Connection& db, const Kinds& kinds, JobId id);

} // namespace skerry::queue
