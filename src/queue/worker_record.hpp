#pragma once

#include "app/paths.hpp"
#include "db/connection.hpp"
#include "queue/worker.hpp"

#include <string>

/// Who worked here, and when: what tells people since when nobody does.
namespace skerry::queue {

/// Writes that a worker begins, and that those who said so before and are dead have ended.
void record_begin(db::Connection& db, const Paths& paths, const std::string& worker,
                  const WorkerOptions& options);
void record_end(db::Connection& db, const std::string& worker);

} // namespace skerry::queue
