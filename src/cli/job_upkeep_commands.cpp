#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/rows.hpp"
#include "cli/stats_view.hpp"
#include "cli/view.hpp"
#include "queue/queue.hpp"
#include "queue/retention.hpp"
#include "queue/transfer.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace skerry::cli {
namespace {

constexpr std::string_view states_of_jobs = "queued|scheduled|ready|running|retry|suspended|succeeded|failed|"
                                            "dead|cancelled|superseded";

struct PruneJobs {
    std::optional<std::string> older_than;
    std::optional<std::string> state;
    bool dry_run = false;
};
constexpr auto fields(api::Tag<PruneJobs>)
{
    return std::array{
        api::field<&PruneJobs::older_than>(
            "olderThan",
            "All that finished so long ago (7d, 12h); else what is kept no longer by the settings",
            {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&PruneJobs::state>(
            "state", "Only jobs in this state",
            {.one_of = "succeeded|failed|dead|cancelled|superseded", .placeholder = "STATE"}),
        api::field<&PruneJobs::dry_run>("dryRun", "Only say what would be removed"),
    };
}

struct ExportJobs {
    std::optional<std::string> state;
    std::optional<std::string> file;
};
constexpr auto fields(api::Tag<ExportJobs>)
{
    return std::array{
        api::field<&ExportJobs::state>("state", "Only jobs in this state",
                                       {.one_of = states_of_jobs, .placeholder = "STATE"}),
        api::field<&ExportJobs::file>("file", "Where to; else, and with '-', standard output",
                                      {.min = 1, .max = 4096, .placeholder = "FILE"}),
    };
}

struct ImportJobs {
    std::optional<std::string> file;
};
constexpr auto fields(api::Tag<ImportJobs>)
{
    return std::array{api::field<&ImportJobs::file>(
        "file", "What 'skerry jobs export' wrote; else, and with '-', standard input",
        {.positional = true, .min = 1, .max = 4096, .placeholder = "FILE"})};
}

/// Whether the rule is about one of the states.
bool is_about(const queue::KeepRule& rule, const std::vector<queue::State>& states)
{
    return std::find(states.begin(), states.end(), rule.state) != states.end();
}

std::vector<queue::KeepRule> rules_for(const Settings& settings, const PruneJobs& options)
{
    const auto states = queue::finished_states(options.state.value_or(""));
    std::vector<queue::KeepRule> rules;
    if (options.older_than)
        for (const auto state : states)
            rules.push_back({.state = state, .keep_for = parse_duration(*options.older_than)});
    else
        for (const auto& rule : queue::keep_rules(settings))
            if (is_about(rule, states)) rules.push_back(rule);
    return rules;
}

/// Counts in the words that people see first.
std::map<std::string, std::int64_t> by_shown_state(const queue::Retention& retention)
{
    std::map<std::string, std::int64_t> counts;
    for (const auto& [state, count] : retention.removed()) counts[std::string(queue::shown(state))] += count;
    return counts;
}

int show_pruned(Terminal& terminal, const queue::Retention& retention, bool dry_run)
{
    std::int64_t total = 0;
    auto json = api::Json::object();
    std::string lines;
    for (const auto& [state, count] : by_shown_state(retention)) {
        total += count;
        json.set(state, count);
        lines += terminal.out.is_terminal() ? "  " + std::to_string(count) + " " +
                                                  terminal.out.paint(paint_of_state(state), state) + "\n"
                                            : state + "\t" + std::to_string(count) + "\n";
    }
    if (terminal.json)
        terminal.print(api::Json::object({{"removed", json}, {"total", total}, {"dryRun", dry_run}})
                           .dump(terminal.out.is_terminal()));
    else if (terminal.quiet)
        terminal.print(std::to_string(total));
    else if (terminal.out.is_terminal())
        terminal.out.write(std::to_string(total) + (total == 1 ? " job" : " jobs") +
                           (dry_run      ? " would be removed\n"
                            : total == 1 ? " was removed\n"
                                         : " were removed\n") +
                           lines);
    else
        terminal.out.write(lines);
    return status::done;
}

int prune_jobs(Call& call, const PruneJobs& options)
{
    constexpr std::chrono::milliseconds breath(5); // for others who want to write
    const auto& app = call.app();
    queue::Retention retention(app.paths, rules_for(app.settings, options), !options.dry_run);
    const auto time = now();
    while (!retention.is_done())
        if (retention.step(call.db(), time) > 0 && !options.dry_run) std::this_thread::sleep_for(breath);
    return show_pruned(call.terminal, retention, options.dry_run);
}

int export_jobs(Call& call, const ExportJobs& options)
{
    const auto states = queue::states_of(options.state.value_or(""));
    auto& terminal = call.terminal;
    if (!options.file || *options.file == "-") {
        queue::export_jobs(call.db(), states, [&](std::string_view line) { terminal.print(line); });
        return status::done;
    }
    std::string text;
    const auto count =
        queue::export_jobs(call.db(), states, [&](std::string_view line) { text.append(line).append("\n"); });
    write_file(*options.file, text);
    terminal.note(std::to_string(count) + (count == 1 ? " job" : " jobs") + " written to " + *options.file);
    return status::done;
}

int import_jobs(Call& call, const ImportJobs& options)
{
    constexpr std::size_t largest = 1U << 30U;
    const auto file = options.file.value_or("-");
    const auto text = file == "-" ? read_standard_input(largest) : read_file(file, largest);
    const auto imported = queue::import_jobs(call.db(), text, now());
    Bell::ring(call.app().paths.running());
    auto& terminal = call.terminal;
    if (terminal.json)
        terminal.print(to_json(imported).dump(terminal.out.is_terminal()));
    else if (terminal.quiet)
        terminal.print(std::to_string(imported.added));
    else
        terminal.out.write(shown(terminal.out, {{"added", std::to_string(imported.added)},
                                                {"already there", std::to_string(imported.known)},
                                                {"with a twin", std::to_string(imported.twins)}}));
    if (imported.added > 0 && !queue::worker_is_alive(call.app().paths))
        terminal.hint("no worker is running: start 'skerry worker'");
    return status::done;
}

int show_stats(Call& call)
{
    auto& terminal = call.terminal;
    const auto stats = queue::stats(call.app().paths, call.db(), now());
    if (terminal.json)
        terminal.print(to_json(stats).dump(terminal.out.is_terminal()));
    else
        terminal.out.write(stats_view(terminal.out, stats));
    return status::done;
}

} // namespace

std::vector<Command> job_upkeep_commands()
{
    return {
        {.noun = "jobs",
         .verb = "stats",
         .summary = "Show how the queue is doing",
         .details =
             "Quick however many jobs there are: above 20,000 jobs in a state, the figures of types and "
             "queues are estimates, and said to be.",
         .run = show_stats},
        {.noun = "jobs",
         .verb = "prune",
         .summary = "Remove jobs that finished long ago, with their logs",
         .details =
             "Workers do so by themselves when they have nothing else to do: what succeeded is kept for a "
             "day "
             "and the last 1,000 of each type in any case, what was cancelled for a day, what failed for two "
             "weeks and the last 50 in any case ('skerry config show' lists these settings).\n\n"
             "With --older-than only the age counts. Never removed are the newest job of all and jobs on "
             "which one has followed that waits or runs.",
         .examples = {{"skerry jobs prune --older-than 7d --state failed --dry-run", ""}},
         .input = api::fields_of<PruneJobs>(),
         .run = with<prune_jobs>},
        {.noun = "jobs",
         .verb = "export",
         .summary = "Write jobs as lines of JSON",
         .details = "One line for each job, oldest first, with every attempt; logs are not part of it. The "
                    "arguments of jobs may hold what is secret.",
         .examples = {{"skerry jobs export --state failed --file failed.jsonl", ""}},
         .input = api::fields_of<ExportJobs>(),
         .run = with<export_jobs>},
        {.noun = "jobs",
         .verb = "import",
         .summary = "Add jobs from what was exported",
         .details =
             "All of them or, when a line is wrong, none. They get new numbers. What waited or ran waits "
             "again, what had finished keeps its history. A job that was made at the same time, of the "
             "same type, with the same arguments as one that is there is taken for that one, so a second "
             "import adds nothing.",
         .examples = {{"skerry jobs import failed.jsonl", ""}},
         .input = api::fields_of<ImportJobs>(),
         .run = with<import_jobs>},
    };
}

} // namespace skerry::cli
