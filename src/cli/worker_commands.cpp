#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "cli/rows.hpp"
#include "queue/job_store.hpp"
#include "queue/worker.hpp"
#include "util/log.hpp"

#include <stop_token>

namespace skerry::cli {
namespace {

struct WorkerChoice {
    std::optional<std::int64_t> concurrency;
    bool drain = false;
};
constexpr auto fields(api::Tag<WorkerChoice>)
{
    return std::array{
        api::field<&WorkerChoice::concurrency>("concurrency", "Jobs performed at a time; else as configured",
                                               {.min = 1, .max = 64}),
        api::field<&WorkerChoice::drain>("drain",
                                         "End when the queue is empty; exit with 13 if a job failed"),
    };
}

/// Whether a job ended as failed since `start`.
bool has_failed_since(db::Connection& db, Time start)
{
    constexpr int many = 10'000;
    for (const auto& job : queue::list(db, {.state = "failed", .limit = many}))
        if (job.finished_at.value_or(0) >= start) return true;
    return false;
}

int work(Call& call, const WorkerChoice& choice)
{
    std::stop_source stop;
    const Interruption interruption([&] { stop.request_stop(); });
    auto& opened = call.opened(db::Role::worker);
    if (call.settings().is_default("logLevel")) log::show_from(log::Level::info);

    const auto start = now();
    const auto concurrency = static_cast<int>(opened.app.settings.concurrency);
    queue::Worker worker(opened.app, *opened.app.job_kinds, {.concurrency = concurrency});
    const auto is_drained = [](db::Connection& db) { return !queue::has_work(db); };
    if (!choice.drain) {
        worker.work(stop.get_token());
        return status::done;
    }
    worker.work(stop.get_token(), is_drained);
    if (interruption.signal() != 0) return status::signals + interruption.signal();
    return has_failed_since(opened.db, start) ? status::job_failed : status::done;
}

} // namespace

std::vector<Command> worker_commands()
{
    return {
        {.noun = "worker",
         .summary = "Perform jobs until told to stop",
         .details =
             "Runs in the foreground and writes a log of JSON lines to standard error. SIGTERM or Ctrl-C "
             "ends it: "
             "running jobs are given back and go on when a worker runs again. Any number of workers may run.",
         .examples = {{"skerry worker --drain", "perform what is there, then end"}},
         .input = api::fields_of<WorkerChoice>(),
         .run = with<work>}};
}

} // namespace skerry::cli
