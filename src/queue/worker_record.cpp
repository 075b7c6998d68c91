#include "queue/worker_record.hpp"

#include "queue/life.hpp"
#include "queue/statements.hpp"
#include "util/text.hpp"

#include <unistd.h>

namespace skerry::queue {
namespace {

/// As --queues has them: "default,builds:2"
std::string list_of(const std::vector<ServedQueue>& queues)
{
    std::vector<std::string> list;
    for (const auto& queue : queues)
        list.push_back(queue.concurrency == 0 ? queue.name
                                              : queue.name + ":" + std::to_string(queue.concurrency));
    return join(list, ",");
}

std::vector<std::string> said_to_be_at_work(db::Connection& db)
{
    std::vector<std::string> names;
    for (db::Query row(db, sql::workers_at_work); row.next();) names.push_back(row.text(0));
    return names;
}

} // namespace

void record_begin(db::Connection& db, const Paths& paths, const std::string& worker,
                  const WorkerOptions& options)
{
    constexpr Time week = 7LL * 24 * 60 * 60 * 1000;
    db::Transaction transaction(db);
    for (const auto& name : said_to_be_at_work(db))
        if (!is_alive(paths, name)) db::execute(db, sql::worker_ended, name, now());
    db::execute(db, sql::forget_workers, now() - week);
    db::execute(db, sql::worker_began, worker, ::getpid(), options.concurrency, list_of(options.queues),
                now());
    transaction.commit();
}

void record_end(db::Connection& db, const std::string& worker)
{
    db::execute(db, sql::worker_ended, worker, now());
}

} // namespace skerry::queue
