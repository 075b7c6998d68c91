#include "cli/work.hpp"

#include "cli/exit_status.hpp"
#include "cli/follower.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "cli/view.hpp"
#include "cli/waiter.hpp"
#include "program/actions.hpp"
#include "projects/project_store.hpp"
#include "queue/queue.hpp"
#include "sessions/session_store.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

using std::chrono::milliseconds;

/// The work that a command started, while it is waited for.
struct Watch {
    Call& call;
    const api::Json started;
    const Work options;
    Waiter& waiter;
    Follower follower;
    Progress progress;
    Awaited awaited;

    Watch(Call& the_call, api::Json the_started, Work the_options, Waiter& the_waiter, std::int64_t since)
        : call(the_call), started(std::move(the_started)), options(std::move(the_options)),
          waiter(the_waiter), follower(call.terminal, {.project = started["id"].text()}, since),
          progress(call.terminal), awaited{.job = started["jobId"].number(), .turn = started["turnId"].text()}
    {
        follower.only_turn(awaited.turn);
    }
};

std::string job_words(const api::Json& started)
{
    return started["jobId"].is_null() ? "" : "job " + std::to_string(started["jobId"].number());
}

/// "hello is starting, job 12"
std::string sentence(const Stream& stream, const api::Json& started)
{
    const auto status = started["status"].text();
    const auto job = job_words(started);
    return stream.paint(Paint::strong, started["slug"].view()) + " is " +
           stream.paint(paint_of_state(status), status) + (job.empty() ? "" : ", " + job) +
           (started["turnId"].is_null() ? "" : ", turn " + started["turnId"].text());
}

void show_started(Terminal& terminal, const Command& command, const api::Json& started)
{
    if (terminal.json) return terminal.print(started.dump(terminal.out.is_terminal()));
    if (terminal.quiet) {
        const bool made_a_project = command.action == "projects.create" || started["jobId"].is_null();
        return terminal.print(made_a_project ? started["id"].text()
                                             : std::to_string(started["jobId"].number()));
    }
    if (terminal.out.is_terminal()) return terminal.print(sentence(terminal.out, started));
    const auto job = started["jobId"].is_null() ? "" : std::to_string(started["jobId"].number());
    terminal.print(
        join({started["slug"].text(), started["status"].text(), job, started["turnId"].text()}, "\t"));
}

void hint_without_worker(Call& call, const api::Json& started)
{
    if (started["jobId"].is_null() || queue::worker_is_alive(call.app().paths)) return;
    call.terminal.hint("no worker is running: start 'skerry worker', or wait with 'skerry jobs wait " +
                       std::to_string(started["jobId"].number()) + "'");
}

/// What runs for the project right now, for the line of progress.
std::string doing(Watch& watch)
{
    const auto slug = watch.started["slug"].text();
    const auto running =
        queue::list(watch.call.db(), {.state = "running", .key = watch.started["id"].text(), .limit = 1});
    return running.empty() ? slug + "  waiting" : slug + "  " + running.front().kind;
}

/// Shows what is new; the outcome if there is one.
std::optional<Outcome> look(Watch& watch)
{
    auto& db = watch.call.db();
    if (watch.options.follow) {
        watch.progress.clear();
        while (watch.follower.look(db)) {
        }
    }
    auto outcome = outcome_of(db, watch.awaited);
    if (!outcome && !(watch.options.follow && watch.follower.is_in_line())) watch.progress.show(doing(watch));
    return outcome;
}

/// What people and scripts get in the end: the project as it is now, with the turn.
api::Json final_object(Watch& watch, const Outcome& outcome)
{
    auto& db = watch.call.db();
    const auto project = projects::find(db, projects::ProjectId(watch.started["id"].text()));
    auto json = project ? projects::to_json(*project) : watch.started;
    for (const auto* name : {"jobId", "sessionId"})
        if (watch.started.has(name)) json.set(name, watch.started[name]);
    if (const auto turn = sessions::find_turn(db, sessions::TurnId(watch.awaited.turn)))
        json.set("turn", sessions::to_json(*turn));
    json.set("outcome", outcome.name);
    if (!outcome.error.empty()) json.set("error", outcome.error);
    return json;
}

std::string summary(const Stream& stream, const api::Json& result, bool gone)
{
    const auto status = gone ? std::string("deleted") : result["status"].text();
    auto words = stream.paint(Paint::strong, result["slug"].view()) + " is " +
                 stream.paint(paint_of_state(status), status);
    if (status == "running" && result["appUrl"].is_text())
        words += " at " + stream.paint(Paint::accent, result["appUrl"].view());
    return words;
}

void show_final(Watch& watch, const Outcome& outcome)
{
    auto& terminal = watch.call.terminal;
    auto result = final_object(watch, outcome);
    if (terminal.json) {
        if (watch.options.follow) result.set("type", "result");
        return terminal.print(result.dump(terminal.out.is_terminal() && !watch.options.follow));
    }
    if (terminal.quiet) return show_started(terminal, watch.call.command, watch.started);
    const bool gone = watch.call.command.action == "projects.delete" && outcome.status == status::done;
    const auto& turn = result["turn"];
    const auto figures =
        turn.is_null() ? "" : turn_figures(turn["filesChanged"], turn["tokens"], turn["cost"].real());
    if (!terminal.out.is_terminal()) {
        std::vector<std::string> files;
        for (const auto& file : turn["filesChanged"].items()) files.push_back(file.text());
        return terminal.print(join({result["slug"].text(), gone ? "deleted" : result["status"].text(),
                                    result["appUrl"].text(), outcome.name, join(files, " ")},
                                   "\t"));
    }
    if (!watch.options.follow && !turn.is_null())
        terminal.print(terminal.out.paint(paint_of_state(outcome.name), outcome.name) + figures);
    terminal.print(summary(terminal.out, result, gone));
}

int finish(Watch& watch, const Outcome& outcome)
{
    watch.progress.clear();
    if (watch.options.follow) {
        while (watch.follower.look(watch.call.db())) {
        }
        watch.follower.finish_line();
    }
    show_final(watch, outcome);
    auto& terminal = watch.call.terminal;
    if (!outcome.error.empty() && !terminal.json)
        report(Error(Code::internal, outcome.error, {.hint = outcome.hint}), nullptr, terminal.notes, false);
    return outcome.status;
}

std::string how_to_return(const Watch& watch)
{
    std::string words = "'skerry jobs wait " + std::to_string(watch.awaited.job) + "' waits again";
    if (watch.started["sessionId"].is_text())
        words += ", 'skerry sessions events " + watch.started["sessionId"].text() +
                 " --follow' shows what happens";
    return words;
}

std::string what_becomes_of_it(const Watch& watch)
{
    return watch.waiter.works_here() ? "the work pauses until a worker runs" : "the work goes on";
}

/// Ends what this command started: every live job that came of its first.
void cancel_chain(Watch& watch)
{
    auto& db = watch.call.db();
    const auto& app = watch.call.app();
    for (const auto& job : live_jobs_of_chain(db, watch.awaited.job))
        queue::cancel(app.paths, db, app.job_kinds->rows, job.id);
}

int leave(Watch& watch, Code code, const std::string& message, int exit)
{
    watch.progress.clear();
    if (watch.options.follow) watch.follower.finish_line();
    auto& terminal = watch.call.terminal;
    report(Error(code, message + ": " + what_becomes_of_it(watch), {.hint = how_to_return(watch)}), nullptr,
           terminal.notes, terminal.json);
    return exit;
}

int abort_work(Watch& watch)
{
    constexpr milliseconds patience{10'000};
    watch.call.terminal.note("cancelling");
    cancel_chain(watch);
    const bool ended =
        watch.waiter.settle([&] { return outcome_of(watch.call.db(), watch.awaited).has_value(); }, patience);
    const auto message =
        ended ? "interrupted: the work was cancelled" : "interrupted: the work is being cancelled";
    report(Error(Code::cancelled, message), nullptr, watch.call.terminal.notes, watch.call.terminal.json);
    return status::signals + SIGINT;
}

int interrupted(Watch& watch)
{
    constexpr milliseconds time_for_second{1000};
    const int number = watch.waiter.signal();
    watch.progress.clear();
    if (watch.options.follow) watch.follower.finish_line();
    if (number != SIGINT) return leave(watch, Code::cancelled, "interrupted", status::signals + number);
    watch.call.terminal.note("interrupted; once more to cancel the work");
    if (watch.waiter.pressed_again(time_for_second)) return abort_work(watch);
    return leave(watch, Code::cancelled, "detached", status::signals + SIGINT);
}

int wait_for(Watch& watch)
{
    std::optional<Outcome> outcome;
    const auto end = watch.waiter.until([&] {
        outcome = look(watch);
        return outcome.has_value();
    });
    switch (end) {
    case Waiter::End::done: return finish(watch, *outcome);
    case Waiter::End::interrupted: return interrupted(watch);
    case Waiter::End::late:
        return leave(watch, Code::timeout, "not done within " + *watch.options.timeout, status::pending);
    }
    return status::failed;
}

} // namespace

api::Json perform_action(Call& call)
{
    const auto& action = program::require_action(call.command.action);
    auto input = pick(call.values, action.input);
    if (const auto field = call.command.standard_input; !field.empty() && input[field].view() == "-") {
        constexpr std::size_t largest = 1U << 20U;
        input.set(field, std::string(trim(read_standard_input(largest))));
    }
    api::Context context{call.app(), call.db()};
    return action.perform(context, input);
}

int start_work(Call& call)
{
    const auto options = call.read<Work>();
    const auto plan = wait_plan(options.timeout, options.local, options.no_local);
    const bool waits = options.wait || options.follow || options.timeout || options.local;
    if (!waits) {
        const auto started = perform_action(call);
        show_started(call.terminal, call.command, started);
        hint_without_worker(call, started);
        return status::done;
    }
    Waiter waiter(call, plan);
    const auto since = events::newest(call.db());
    const auto started = perform_action(call);
    if (!started["jobId"].is_null()) call.terminal.note(sentence(call.terminal.notes, started));
    Watch watch(call, started, options, waiter, since);
    return wait_for(watch);
}

} // namespace skerry::cli
