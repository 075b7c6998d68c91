#include "cli/call.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/view.hpp"
#include "program/actions.hpp"
#include "queue/job_store.hpp"
#include "queue/queue.hpp"
#include "schedules/schedule_actions.hpp"
#include "schedules/schedule_store.hpp"
#include "schedules/slots.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

using schedules::AddSchedule;
using schedules::Answer;
using schedules::NamedSchedule;
using schedules::Schedule;
using schedules::Timezone;

/// A schedule and what became of the last job that it started, which may be pruned by now.
struct SeenSchedule {
    Schedule schedule;
    std::optional<queue::Job> last_job{};
};

api::Json to_json(const SeenSchedule& seen)
{
    auto json = to_json(seen.schedule);
    return json.set("lastJobState",
                    seen.last_job ? api::Json(queue::shown(seen.last_job->state)) : api::Json());
}

SeenSchedule seen(db::Connection& db, const Schedule& schedule)
{
    return {schedule, schedule.last_job ? queue::find(db, *schedule.last_job) : std::nullopt};
}

std::string command_of(const Schedule& schedule)
{
    std::vector<std::string> words;
    for (const auto& word : schedule.task.args["command"].items()) words.push_back(word.text());
    return skerry::shown(words);
}

/// "2026-11-23 03:00 (in 8 h)" on a terminal, by the clocks of the schedule's place.
std::string time_of(const Stream& stream, const Schedule& schedule, Time time)
{
    if (!stream.is_terminal()) return when(stream, time);
    return schedules::wall_clock(Timezone(schedule.timezone), time) + " (" + when(stream, time) + ")";
}

std::string paused_by(const Schedule& schedule)
{
    const auto by = schedule.paused_by.value_or("");
    return by.empty() ? "paused" : "paused by " + by;
}

Cell next_cell(const Stream& stream, const Schedule& schedule)
{
    if (schedule.paused_at) return {paused_by(schedule), Paint::warning};
    return time_of(stream, schedule, schedule.next_at);
}

Cell outcome_cell(const SeenSchedule& seen)
{
    if (!seen.last_job) return seen.schedule.last_job ? "pruned" : "";
    const auto state = queue::shown(seen.last_job->state);
    return {std::string(state), paint_of_state(state)};
}

std::string last_job_of(const Schedule& schedule)
{
    return schedule.last_job ? std::to_string(*schedule.last_job) : "";
}

std::string schedule_table(const Stream& stream, const std::vector<SeenSchedule>& all)
{
    Table table({{"schedule"},
                 {"cron"},
                 {"time zone"},
                 {"next run"},
                 {"last job", true},
                 {"outcome"},
                 {"command", false, true}});
    for (const auto& one : all)
        table.add({{one.schedule.name, Paint::strong},
                   one.schedule.cron,
                   one.schedule.timezone,
                   next_cell(stream, one.schedule),
                   last_job_of(one.schedule),
                   outcome_cell(one),
                   command_of(one.schedule)});
    return table.shown_on(stream);
}

/// The runs that come, as people read them.
std::string next_runs(const Stream& stream, const Schedule& schedule)
{
    constexpr int few = 3;
    if (schedule.paused_at) return "";
    const Timezone zone(schedule.timezone);
    const auto cron = schedules::parse_cron(schedule.cron);
    std::vector<std::string> runs;
    for (auto slot = std::optional(schedule.next_at); slot && runs.size() < few;
         slot = schedules::next_slot(cron, zone, *slot))
        runs.push_back(time_of(stream, schedule, *slot));
    return join(runs, ", ");
}

std::string schedule_details(const Stream& stream, const SeenSchedule& seen)
{
    const auto& schedule = seen.schedule;
    const auto& task = schedule.task;
    std::vector<std::string> variables;
    for (const auto& variable : task.args["environment"].items()) variables.push_back(variable.text());
    return shown(stream, {{"schedule", {schedule.name, Paint::strong}},
                          {"cron", schedule.cron},
                          {"time zone", schedule.timezone},
                          {"next runs", next_runs(stream, schedule)},
                          {"paused", {schedule.paused_at ? paused_by(schedule) : "", Paint::warning}},
                          {"missed", name_of(schedule.missed)},
                          {"last run", schedule.last_at ? time_of(stream, schedule, *schedule.last_at) : ""},
                          {"last job", last_job_of(schedule)},
                          {"outcome", outcome_cell(seen)},
                          {"command", command_of(schedule)},
                          {"folder", task.args["folder"].text()},
                          {"variables", join(variables, " ")},
                          {"queue", task.queue},
                          {"priority", task.priority == 0 ? "" : std::to_string(task.priority)},
                          {"retries", std::to_string(task.max_attempts - 1)},
                          {"timeout", task.timeout ? for_people(*task.timeout) : ""},
                          {"key", task.key},
                          {"created", when(stream, schedule.created_at)}});
}

int list_schedules(Call& call)
{
    std::vector<SeenSchedule> all;
    for (const auto& schedule : schedules::list(call.db())) all.push_back(seen(call.db(), schedule));
    if (all.empty() && call.terminal.out.is_terminal())
        call.terminal.hint(
            "there is no schedule yet: skerry schedules add nightly --cron '0 3 * * *' -- COMMAND");
    return show_list(
        call.terminal, all, [](const SeenSchedule& one) { return one.schedule.name; },
        [&](const Stream& stream) { return all.empty() ? "" : schedule_table(stream, all); });
}

int show_schedule(Call& call, const NamedSchedule& named)
{
    auto& terminal = call.terminal;
    const auto found = seen(call.db(), schedules::require(call.db(), named.name));
    if (terminal.json)
        terminal.print(to_json(found).dump(terminal.out.is_terminal()));
    else if (terminal.quiet)
        terminal.print(found.schedule.name);
    else
        terminal.out.write(schedule_details(terminal.out, found));
    return status::done;
}

/// What an action on a schedule has come to: its object, its name or a sentence; for scripts name and word.
void tell(Terminal& terminal, const Answer& answer, const std::string& sentence, const std::string& word)
{
    const auto& name = answer.schedule.name;
    if (terminal.json)
        terminal.print(to_json(answer).dump(terminal.out.is_terminal()));
    else if (terminal.quiet)
        terminal.print(answer.job ? std::to_string(*answer.job) : name);
    else
        terminal.print(terminal.out.is_terminal() ? terminal.out.paint(Paint::strong, name) + " " + sentence
                                                  : name + "\t" + word);
}

void hint_without_worker(Call& call)
{
    if (!queue::worker_is_alive(call.app().paths))
        call.terminal.hint("no worker is running: start 'skerry worker'");
}

std::string next_sentence(const Stream& stream, const Schedule& schedule)
{
    return "runs next at " + time_of(stream, schedule, schedule.next_at);
}

api::Context context_of(Call& call)
{
    return {call.app(), call.db()};
}

int add_schedule(Call& call, const AddSchedule& input)
{
    auto context = context_of(call);
    const auto answer = schedules::add_schedule(context, input);
    tell(call.terminal, answer,
         next_sentence(call.terminal.out, answer.schedule) + ", " + answer.schedule.timezone,
         rfc3339(answer.schedule.next_at));
    hint_without_worker(call);
    return status::done;
}

int pause_schedule(Call& call, const NamedSchedule& named)
{
    auto context = context_of(call);
    tell(call.terminal, schedules::pause_schedule(context, named), "is paused", "paused");
    return status::done;
}

int resume_schedule(Call& call, const NamedSchedule& named)
{
    auto context = context_of(call);
    const auto answer = schedules::resume_schedule(context, named);
    tell(call.terminal, answer, next_sentence(call.terminal.out, answer.schedule),
         rfc3339(answer.schedule.next_at));
    hint_without_worker(call);
    return status::done;
}

int delete_schedule(Call& call, const NamedSchedule& named)
{
    auto context = context_of(call);
    tell(call.terminal, schedules::delete_schedule(context, named), "is deleted", "deleted");
    return status::done;
}

int run_schedule_now(Call& call, const NamedSchedule& named)
{
    auto context = context_of(call);
    const auto answer = schedules::run_schedule_now(context, named);
    const auto job = std::to_string(answer.job.value());
    tell(call.terminal, answer, "runs now, job " + job, job);
    hint_without_worker(call);
    return status::done;
}

} // namespace

std::vector<Command> schedule_commands()
{
    const auto summary_of = [](std::string_view action) { return program::require_action(action).summary; };
    return {
        {.noun = "schedules",
         .verb = "add",
         .summary = summary_of("schedules.add"),
         .details =
             "The cron expression has five fields: minute, hour, day of month, month and day of week, each "
             "with '*', numbers, names (jan, mon), ranges (1-5), lists (1,15) and steps (*/10). @hourly, "
             "@daily, @weekly, @monthly and @yearly are short forms.\n\n"
             "Times are those of the clocks in the schedule's time zone. What falls into the hour that they "
             "skip runs right after it; what falls into the hour that comes twice runs once, unless it runs "
             "in every hour.\n\n"
             "A time at which no worker was there for more than a minute was missed: --missed says what "
             "becomes of it. The command finds SKERRY_SCHEDULE and SKERRY_SLOT, the time it is run for, in "
             "its environment. Runs may overlap unless they share a --key.",
         .examples = {{"skerry schedules add nightly --cron \"0 3 * * *\" -- ./backup.sh --all", ""},
                      {"skerry schedules add report --cron \"30 8 * * mon-fri\" --timezone Europe/Berlin "
                       "--missed skip --retries 2 -- make report",
                       ""}},
         .input = api::fields_of<AddSchedule>(),
         .action = "schedules.add",
         .run = with<add_schedule>},
        {.noun = "schedules",
         .verb = "list",
         .summary = "List the schedules, their next runs and what became of the last",
         .run = list_schedules},
        {.noun = "schedules",
         .verb = "show",
         .summary = "Show a schedule and its next runs",
         .input = api::fields_of<NamedSchedule>(),
         .run = with<show_schedule>},
        {.noun = "schedules",
         .verb = "pause",
         .summary = summary_of("schedules.pause"),
         .details = "Times that pass meanwhile are not made up for.",
         .input = api::fields_of<NamedSchedule>(),
         .action = "schedules.pause",
         .run = with<pause_schedule>},
        {.noun = "schedules",
         .verb = "resume",
         .summary = summary_of("schedules.resume"),
         .input = api::fields_of<NamedSchedule>(),
         .action = "schedules.resume",
         .run = with<resume_schedule>},
        {.noun = "schedules",
         .verb = "delete",
         .summary = summary_of("schedules.delete"),
         .details = "The jobs that it has started go on.",
         .input = api::fields_of<NamedSchedule>(),
         .action = "schedules.delete",
         .run = with<delete_schedule>},
        {.noun = "schedules",
         .verb = "run-now",
         .summary = summary_of("schedules.run_now"),
         .details = "Adds the job at once, also when the schedule is paused. Its next run stays as it is.",
         .examples = {{"skerry schedules run-now nightly -q", "its job's number, for 'skerry jobs wait'"}},
         .input = api::fields_of<NamedSchedule>(),
         .action = "schedules.run_now",
         .run = with<run_schedule_now>},
    };
}

} // namespace skerry::cli
