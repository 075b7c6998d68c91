#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "cli/rows.hpp"
#include "cli/worker_options.hpp"
#include "exec/orphans.hpp"
#include "projects/container_watch.hpp"
#include "queue/job_store.hpp"
#include "queue/worker.hpp"
#include "util/error.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <charconv>
#include <stop_token>

namespace skerry::cli {
namespace {

struct WorkerChoice {
    std::optional<std::int64_t> concurrency;
    std::optional<std::string> queues;
    std::optional<std::string> types;
    bool drain = false;
    bool once = false;
};
constexpr auto fields(api::Tag<WorkerChoice>)
{
    return std::array{
        api::field<&WorkerChoice::concurrency>("concurrency", "Jobs performed at a time; else as configured",
                                               {.min = 1, .max = 64}),
        api::field<&WorkerChoice::queues>("queues",
                                          "Only these queues; 'NAME:N' performs at most N of its jobs at a "
                                          "time; else every queue",
                                          {.min = 1, .max = 2000, .placeholder = "NAME[:N],..."}),
        api::field<&WorkerChoice::types>("types", "Only jobs of these types",
                                         {.min = 1, .max = 2000, .placeholder = "TYPE,..."}),
        api::field<&WorkerChoice::drain>("drain",
                                         "End when nothing is left to do; exit with 13 if a job failed"),
        api::field<&WorkerChoice::once>("once",
                                        "Perform one job, or none when none is ready, then end; exit with 13 "
                                        "if it failed"),
    };
}

std::vector<std::string> names_in(const std::optional<std::string>& list)
{
    auto names = split(list.value_or(""), ',');
    std::erase(names, "");
    return names;
}

/// "builds" or "builds:2"
queue::ServedQueue served_queue(const std::string& text)
{
    constexpr int most = 64;
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return {text};
    const auto digits = text.substr(colon + 1);
    int number = 0;
    const auto [rest, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (colon == 0 || fault != std::errc{} || *rest != 0 || number < 1 || number > most)
        throw Error(Code::bad_request, "--queues: '" + one_line(text, 60) + "' is not NAME or NAME:N",
                    {.hint = "N is 1 to 64: --queues default,builds:2"});
    return {text.substr(0, colon), number};
}

queue::WorkerOptions options_of(const Settings& settings, const WorkerChoice& choice)
{
    auto options = worker_options(settings);
    for (const auto& name : names_in(choice.queues)) options.queues.push_back(served_queue(name));
    options.kinds = names_in(choice.types);
    if (choice.once) options.most = 1;
    return options;
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

    exec::end_all_orphans(opened.app.paths, opened.db);
    const projects::ContainerWatch containers(opened.app);
    const auto start = now();
    const auto options = options_of(opened.app.settings, choice);
    queue::Worker worker(opened.app, *opened.app.job_kinds, options);
    std::vector<std::string> queues;
    for (const auto& queue : options.queues) queues.push_back(queue.name);
    const auto is_drained = [&](db::Connection& db) { return !queue::has_work(db, queues, options.kinds); };
    if (choice.drain)
        worker.work(stop.get_token(), is_drained);
    else
        worker.work(stop.get_token());
    if (!choice.drain && !choice.once) return status::done;
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
         .examples = {{"skerry worker --drain", "perform what is there, then end"},
                      {"skerry worker --queues default,builds:2", "two queues, two builds at a time"}},
         .input = api::fields_of<WorkerChoice>(),
         .run = with<work>}};
}

} // namespace skerry::cli
