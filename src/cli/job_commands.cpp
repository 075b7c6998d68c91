#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/job_log_view.hpp"
#include "cli/job_names.hpp"
#include "cli/job_view.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "projects/project_store.hpp"
#include "queue/explain.hpp"
#include "queue/job_store.hpp"
#include "queue/job_tree.hpp"

/// Looking at jobs; what changes them is in job_control_commands.cpp.
namespace skerry::cli {
namespace {

struct ListJobs {
    std::optional<std::string> state;
    std::optional<std::string> type;
    std::optional<std::string> project;
    std::int64_t limit = 50;
};
constexpr auto fields(api::Tag<ListJobs>)
{
    return std::array{
        api::field<&ListJobs::state>(
            "state", "Only jobs in this state",
            {.one_of = "queued|scheduled|ready|running|retry|suspended|succeeded|failed|dead|"
                       "cancelled|superseded",
             .placeholder = "STATE"}),
        api::field<&ListJobs::type>("type", "Only jobs of this type",
                                    {.min = 1, .max = 100, .placeholder = "TYPE"}),
        api::field<&ListJobs::project>("project", "Only jobs of this project",
                                       {.min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&ListJobs::limit>("limit", "At most so many", {.min = 1, .max = 10'000, .letter = 'n'}),
    };
}

struct ShowTree {
    std::string of;
    std::int64_t limit = 20;
};
constexpr auto fields(api::Tag<ShowTree>)
{
    return std::array{
        api::field<&ShowTree::of>("of", "A job's number, or a project",
                                  {.positional = true, .min = 1, .max = 100, .placeholder = "JOB|PROJECT"}),
        api::field<&ShowTree::limit>("limit", "At most so many chains of a project",
                                     {.min = 1, .max = 1000, .letter = 'n'}),
    };
}

void tell_pauses(Call& call)
{
    for (const auto& pause : queue::pauses(call.db())) {
        call.terminal.note(queue::told(pause, now()));
        call.terminal.hint(queue::resume_command(pause));
    }
}

int list_jobs(Call& call, const ListJobs& options)
{
    queue::Filter filter{.state = options.state.value_or(""),
                         .kind = options.type.value_or(""),
                         .limit = static_cast<int>(options.limit)};
    if (options.project) filter.key = projects::require(call.db(), *options.project).id.value;
    const auto jobs = queue::list(call.db(), filter);
    const auto status = show_list(
        call.terminal, jobs, [](const queue::Job& job) { return std::to_string(job.id); },
        [&](const Stream& stream) { return job_table(stream, jobs, slugs_of(projects::list(call.db()))); });
    tell_pauses(call);
    return status;
}

/// The facts, with the key as people call it.
queue::Facts facts_for_people(Call& call, queue::JobId id)
{
    auto facts = queue::facts_about(call.app().paths, call.db(), id);
    facts.key_name = slug_of(slugs_of(projects::list(call.db())), facts.job.key.value_or(""));
    return facts;
}

int show_job(Call& call, const NamedJob& named)
{
    auto& terminal = call.terminal;
    const auto facts = facts_for_people(call, named.id);
    const JobStory story{.job = facts.job,
                         .attempts = queue::attempts_of(call.db(), named.id),
                         .explanation = queue::explain(facts),
                         .children = queue::children_of(call.db(), named.id),
                         .key_name = facts.key_name};
    if (terminal.json)
        terminal.print(to_json(story).dump(terminal.out.is_terminal()));
    else if (terminal.quiet)
        terminal.print(std::to_string(story.job.id));
    else
        terminal.out.write(job_details(terminal.out, story));
    return status::done;
}

int explain_job(Call& call, const NamedJob& named)
{
    auto& terminal = call.terminal;
    const auto explanation = queue::explain(facts_for_people(call, named.id));
    if (terminal.json)
        terminal.print(to_json(explanation).set("id", named.id).dump(terminal.out.is_terminal()));
    else if (terminal.quiet)
        terminal.print(std::to_string(named.id));
    else
        terminal.print(wrapped(harmless_line(explanation.sentence), terminal.out.width(), ""));
    terminal.hint(explanation.hint);
    return status::done;
}

int show_tree(Call& call, const ShowTree& options)
{
    auto& db = call.db();
    const auto job = job_id_if_any(options.of);
    const bool is_job = job && queue::find(db, *job);
    const auto trees = is_job ? std::vector{queue::tree_of(db, *job)}
                              : queue::trees_of_key(db, projects::require(db, options.of).id.value,
                                                    static_cast<int>(options.limit));
    return show_list(
        call.terminal, trees, [](const queue::JobTree& tree) { return std::to_string(tree.job.id); },
        [&](const Stream& stream) { return job_tree(stream, trees); });
}

} // namespace

std::vector<Command> job_commands()
{
    return {
        {.noun = "jobs",
         .verb = "list",
         .summary = "List the jobs, newest first",
         .examples = {{"skerry jobs list --state failed --project hello", ""}},
         .input = api::fields_of<ListJobs>(),
         .run = with<list_jobs>},
        {.noun = "jobs",
         .verb = "show",
         .summary = "Show a job, what became of it, and every try at it",
         .input = api::fields_of<NamedJob>(),
         .run = with<show_job>},
        {.noun = "jobs",
         .verb = "explain",
         .summary = "Say in one sentence why a job waits, or what became of it",
         .details =
             "The sentence is data, the command to type next is a hint. With --json also a 'reason' that "
             "stays the same however the sentence is worded: paused, scheduled, rescheduled, retrying, "
             "key_busy, no_worker, queue_not_served, slots_busy, next, running, stopping, worker_died, "
             "suspended, succeeded, cancelled, dead, superseded.",
         .examples = {{"skerry jobs explain 7",
                       "job 7 waits: hello is busy with job 5 (runtime.up) for 12 s"}},
         .input = api::fields_of<NamedJob>(),
         .run = with<explain_job>},
        {.noun = "jobs",
         .verb = "logs",
         .summary = "Show what a job wrote",
         .details =
             "With --json each line has its 'offset', which stays valid when the log is rotated; --after "
             "reads on from there. Where lines are gone, an object with 'truncated' says so.",
         .examples = {{"skerry jobs logs 7 --follow", "goes on until the job is finished"}},
         .input = api::fields_of<JobLogOptions>(),
         .run = with<show_job_log>},
        {.noun = "jobs",
         .verb = "tree",
         .summary = "Show which job led to which",
         .examples = {{"skerry jobs tree hello", "all chains of a project, newest first"},
                      {"skerry jobs tree 7", "the chain that job 7 belongs to"}},
         .input = api::fields_of<ShowTree>(),
         .run = with<show_tree>},
    };
}

} // namespace skerry::cli
