#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/job_names.hpp"
#include "cli/outcome.hpp"
#include "cli/report.hpp"
#include "cli/rows.hpp"
#include "cli/simple_wait.hpp"
#include "cli/view.hpp"
#include "exec/orphans.hpp"
#include "projects/job_actions.hpp"
#include "queue/explain.hpp"
#include "queue/job_store.hpp"
#include "queue/pauses.hpp"
#include "queue/queue.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

/// Steering jobs.
namespace skerry::cli {
namespace {

using projects::WhatToPause;
using queue::JobId;

std::string waiting_words(std::int64_t count)
{
    if (count == 0) return "no job waits";
    return std::to_string(count) + (count == 1 ? " job waits" : " jobs wait");
}

int pause_jobs(Call& call, const WhatToPause& what)
{
    auto& terminal = call.terminal;
    auto context = call.context();
    const auto paused = projects::pause_jobs(context, what);
    if (terminal.json)
        terminal.print(to_json(paused).dump(terminal.out.is_terminal()));
    else if (paused.changed && !terminal.quiet)
        terminal.print(queue::shown(paused.pause) + " is paused: " + waiting_words(paused.waiting) +
                       ", what runs runs on");
    else if (!terminal.quiet)
        terminal.print(queue::told(paused.pause, now()) + " already: " + waiting_words(paused.waiting));
    terminal.hint("'" + queue::resume_command(paused.pause) + "' lets it go on");
    return status::done;
}

/// What was to go on, for people.
std::string shown(const WhatToPause& what)
{
    if (what.type) return queue::shown({.scope = queue::Scope::type, .name = *what.type});
    return queue::shown({.scope = queue::Scope::queue, .name = what.queue.value_or("")});
}

int resume_jobs(Call& call, const WhatToPause& what)
{
    auto& terminal = call.terminal;
    auto context = call.context();
    const auto resumed = projects::resume_jobs(context, what);
    if (terminal.json) {
        terminal.print(to_json(resumed).dump(terminal.out.is_terminal()));
    } else if (!terminal.quiet) {
        for (const auto& pause : resumed.pauses) terminal.print(queue::shown(pause) + " goes on");
        if (resumed.pauses.empty())
            terminal.note(what.queue || what.type ? shown(what) + " was not paused" : "nothing was paused");
    }
    return status::done;
}

int cancel_jobs(Call& call, const NamedJobs& named)
{
    Answers answers{call.terminal};
    const auto& app = call.app();
    int exit = status::done;
    for (const auto& job : require_all(call.db(), named)) {
        switch (queue::cancel(app.paths, call.db(), *app.job_kinds, job.id)) {
        case queue::Cancelled::now: answers.add(job.id, "cancelled", "is cancelled"); break;
        case queue::Cancelled::before: answers.add(job.id, "cancelled", "was cancelled already"); break;
        case queue::Cancelled::asked: answers.add(job.id, "asked", "was asked to stop"); break;
        case queue::Cancelled::too_late:
            answers.add(job.id, "finished", "had finished before: " + std::string(queue::shown(job.state)));
            exit = status::conflict;
            break;
        }
    }
    exec::end_all_orphans(call.app().paths, call.db()); // of a worker that died, which nobody else stops now
    answers.finish();
    return exit;
}

/// Who put a job into the queue by hand wants to know when nothing comes of that.
void tell_obstacle(Call& call, JobId id)
{
    const auto explanation = queue::explain(queue::facts_about(call.app().paths, call.db(), id));
    switch (explanation.reason) {
    case queue::Reason::paused:
    case queue::Reason::no_worker:
    case queue::Reason::queue_not_served:
    case queue::Reason::key_busy:
        call.terminal.note(explanation.sentence);
        call.terminal.hint(explanation.hint);
        break;
    default: break; // NOLINT(bugprone-branch-clone): the others are on their way
    }
}

using Change = queue::Job (*)(api::Context&, const projects::NamedJob&);

int put_into_queue(Call& call, const NamedJobs& named, Change change, const std::string& words)
{
    Answers answers{call.terminal};
    const auto jobs = require_all(call.db(), named);
    auto context = call.context();
    for (const auto& job : jobs) {
        change(context, {job.id});
        answers.add(job.id, "queued", words);
    }
    answers.finish();
    tell_obstacle(call, jobs.back().id);
    return status::done;
}

int retry_jobs(Call& call, const NamedJobs& named)
{
    return put_into_queue(call, named, projects::retry_job, "is queued again");
}

int run_jobs_now(Call& call, const NamedJobs& named)
{
    return put_into_queue(call, named, projects::run_job_now, "is due now");
}

/// What is told while one job is waited for.
std::string doing(Call& call, JobId id)
{
    return queue::explain(queue::facts_about(call.app().paths, call.db(), id)).sentence;
}

int wait_for_jobs(Call& call, const NamedJobs& named)
{
    const auto jobs = require_all(call.db(), named);
    std::vector<Outcome> outcomes;
    const auto done = [&] {
        while (outcomes.size() < jobs.size()) {
            const auto id = jobs[outcomes.size()].id;
            auto outcome = outcome_of(call.db(), {.job = id, .turn = turn_of_chain(call.db(), id)});
            if (!outcome) return false;
            outcomes.push_back(std::move(*outcome));
        }
        return true;
    };
    WaitWords words{(jobs.size() == 1 ? "job " : "jobs ") + join(named.ids, ", "),
                    "skerry jobs wait " + join(named.ids, " ")};
    if (jobs.size() == 1) words.doing = [&] { return doing(call, jobs.front().id); };
    if (const auto status = wait_until(call, words, done)) return *status;

    Answers answers{call.terminal};
    int exit = status::done;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        answers.add(jobs[i].id, outcomes[i].name,
                    call.terminal.out.paint(paint_of_state(outcomes[i].name), outcomes[i].name));
        if (exit == status::done) exit = outcomes[i].status;
        if (!outcomes[i].error.empty() && !call.terminal.json)
            report(Error(Code::internal, outcomes[i].error, {.hint = outcomes[i].hint}), nullptr,
                   call.terminal.notes, false);
    }
    answers.finish();
    return exit;
}

} // namespace

std::vector<Command> job_control_commands()
{
    return {
        {.noun = "jobs",
         .verb = "cancel",
         .summary = "Cancel jobs",
         .details = "A job that waits is cancelled at once; one that runs is asked to stop. Exits with 6 "
                    "when one had finished before.",
         .input = api::fields_of<NamedJobs>(),
         .run = with<cancel_jobs>},
        {.noun = "jobs",
         .verb = "retry",
         .summary = "Put failed or cancelled jobs into the queue again",
         .input = api::fields_of<NamedJobs>(),
         .run = with<retry_jobs>},
        {.noun = "jobs",
         .verb = "run-now",
         .summary = "Make jobs due that wait for their time",
         .details = "For a job that was scheduled for later or waits for another try. A pause holds it all "
                    "the same.",
         .input = api::fields_of<NamedJobs>(),
         .run = with<run_jobs_now>},
        {.noun = "jobs",
         .verb = "pause",
         .summary = "Begin no more jobs: none at all, or none of a queue or a type",
         .details =
             "What runs already runs on. The pause outlives every process, until 'skerry jobs resume'; "
             "'skerry jobs list' and 'skerry jobs explain' tell of it.",
         .examples = {{"skerry jobs pause", "everything"},
                      {"skerry jobs pause builds", "the queue builds"},
                      {"skerry jobs pause --type exec", "the jobs of a type, in whatever queue"}},
         .input = api::fields_of<WhatToPause>(),
         .run = with<pause_jobs>},
        {.noun = "jobs",
         .verb = "resume",
         .summary = "Let paused jobs go on: all of them, or those of a queue or a type",
         .details = "Without a queue or a type every pause ends.",
         .input = api::fields_of<WhatToPause>(),
         .run = with<resume_jobs>},
        {.noun = "jobs",
         .verb = "wait",
         .summary = "Wait until jobs, and what follows on them, are done",
         .details =
             "Exits with the outcome of the first that did not end well: 10 when the agent ended with "
             "an error, 11 when it waits for an answer, 13 when a job failed, 14 when it was cancelled; "
             "with 8 when it is not done at --timeout.",
         .input = api::fields_of<NamedJobs>(),
         .common = Common::waits,
         .run = with<wait_for_jobs>},
    };
}

} // namespace skerry::cli
