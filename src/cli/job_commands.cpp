#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/outcome.hpp"
#include "cli/report.hpp"
#include "cli/rows.hpp"
#include "cli/simple_wait.hpp"
#include "cli/view.hpp"
#include "exec/orphans.hpp"
#include "projects/project_store.hpp"
#include "queue/job_store.hpp"
#include "queue/queue.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <charconv>

namespace skerry::cli {
namespace {

using queue::JobId;

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

struct NamedJob {
    std::int64_t id = 0;
};
constexpr auto fields(api::Tag<NamedJob>)
{
    return std::array{api::field<&NamedJob::id>(
        "id", "The job's number", {.positional = true, .min = 1, .max = INT64_MAX, .placeholder = "JOB"})};
}

struct NamedJobs {
    std::vector<std::string> ids;
};
constexpr auto fields(api::Tag<NamedJobs>)
{
    return std::array{api::field<&NamedJobs::ids>(
        "ids", "The jobs' numbers", {.positional = true, .min = 1, .max = 1000, .placeholder = "JOB"})};
}

JobId job_id(const std::string& text)
{
    JobId id = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, id);
    if (fault == std::errc{} && rest == end && id > 0) return id;
    throw Error(Code::bad_request, "'" + one_line(text, 60) + "' is not the number of a job",
                {.hint = "skerry jobs list"});
}

/// The jobs of those numbers; all of them must be there before anything is done.
std::vector<queue::Job> require_all(db::Connection& db, const NamedJobs& named)
{
    std::vector<queue::Job> jobs;
    for (const auto& text : named.ids) jobs.push_back(queue::require(db, job_id(text)));
    return jobs;
}

int list_jobs(Call& call, const ListJobs& options)
{
    queue::Filter filter{.state = options.state.value_or(""),
                         .kind = options.type.value_or(""),
                         .limit = static_cast<int>(options.limit)};
    if (options.project) filter.key = projects::require(call.db(), *options.project).id.value;
    const auto jobs = queue::list(call.db(), filter);
    return show_list(
        call.terminal, jobs, [](const queue::Job& job) { return std::to_string(job.id); },
        [&](const Stream& stream) { return job_table(stream, jobs, slugs_of(projects::list(call.db()))); });
}

int show_job(Call& call, const NamedJob& named)
{
    auto& terminal = call.terminal;
    const auto job = queue::require(call.db(), named.id);
    const auto attempts = queue::attempts_of(call.db(), job.id);
    if (terminal.json) {
        auto list = api::Json::array();
        for (const auto& attempt : attempts) list.push(to_json(attempt));
        terminal.print(to_json(job).set("attempts", list).dump(terminal.out.is_terminal()));
    } else if (terminal.quiet) {
        terminal.print(std::to_string(job.id));
    } else {
        terminal.out.write(job_details(terminal.out, job, attempts));
    }
    return status::done;
}

/// One line or object for each job: its number and what became of it.
struct Answers {
    Terminal& terminal;
    api::Json json = api::Json::array();

    void add(JobId id, std::string_view name, const std::string& words)
    {
        if (terminal.json)
            json.push(api::Json::object({{"id", id}, {"outcome", name}}));
        else if (terminal.quiet)
            terminal.print(std::to_string(id));
        else
            terminal.print(terminal.out.is_terminal() ? "job " + std::to_string(id) + " " + words
                                                      : std::to_string(id) + "\t" + std::string(name));
    }
    void finish()
    {
        if (terminal.json) terminal.print(json.dump(terminal.out.is_terminal()));
    }
};

int cancel_jobs(Call& call, const NamedJobs& named)
{
    const auto& app = call.app();
    Answers answers{call.terminal};
    int exit = status::done;
    for (const auto& job : require_all(call.db(), named)) {
        switch (queue::cancel(app.paths, call.db(), *app.job_kinds, job.id)) {
        case queue::Cancelled::now: answers.add(job.id, "cancelled", "is cancelled"); break;
        case queue::Cancelled::asked: answers.add(job.id, "asked", "was asked to stop"); break;
        case queue::Cancelled::too_late:
            answers.add(job.id, "finished", "had finished before");
            exit = status::conflict;
            break;
        }
    }
    exec::end_all_orphans(app.paths, call.db()); // of a worker that died, which nobody else stops now
    answers.finish();
    return exit;
}

int retry_jobs(Call& call, const NamedJobs& named)
{
    Answers answers{call.terminal};
    for (const auto& job : require_all(call.db(), named)) {
        queue::retry(call.app().paths, call.db(), job.id);
        answers.add(job.id, "queued", "is queued again");
    }
    answers.finish();
    if (!queue::worker_is_alive(call.app().paths))
        call.terminal.hint("no worker is running: start 'skerry worker'");
    return status::done;
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
    const WaitWords words{(jobs.size() == 1 ? "job " : "jobs ") + join(named.ids, ", "),
                          "skerry jobs wait " + join(named.ids, " ")};
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
         .summary = "Show a job and every try at it",
         .input = api::fields_of<NamedJob>(),
         .run = with<show_job>},
        {.noun = "jobs",
         .verb = "cancel",
         .summary = "Cancel jobs",
         .details = "A job that waits is cancelled at once; one that runs is asked to stop. Exits with 6 "
                    "when one had "
                    "finished before.",
         .input = api::fields_of<NamedJobs>(),
         .run = with<cancel_jobs>},
        {.noun = "jobs",
         .verb = "retry",
         .summary = "Put failed or cancelled jobs into the queue again",
         .input = api::fields_of<NamedJobs>(),
         .run = with<retry_jobs>},
        {.noun = "jobs",
         .verb = "wait",
         .summary = "Wait until jobs, and what follows on them, are done",
         .details = "Exits with the outcome of the first that did not end well: 10 when the agent ended with "
                    "an error, 11 "
                    "when it waits for an answer, 13 when a job failed, 14 when it was cancelled.",
         .input = api::fields_of<NamedJobs>(),
         .common = Common::waits,
         .run = with<wait_for_jobs>},
    };
}

} // namespace skerry::cli
