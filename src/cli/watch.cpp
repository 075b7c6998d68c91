#include "cli/watch.hpp"

#include "cli/exit_status.hpp"
#include "cli/parting.hpp"
#include "cli/report.hpp"
#include "cli/result.hpp"
#include "queue/queue.hpp"
#include "sessions/turn_work.hpp"

namespace skerry::cli {

using std::chrono::milliseconds;

namespace {

constexpr std::string_view still_pending = "pending"; // the outcome of what goes on

} // namespace

Watch::Watch(Call& call, api::Json started, Work options, Waiter& waiter, std::int64_t since)
    : call_(call), started_(std::move(started)), options_(std::move(options)), waiter_(waiter),
      follower_(call.terminal, {.project = started_["id"].text()}, since),
      progress_(call.terminal), awaited_{.job = started_["jobId"].number(), .turn = started_["turnId"].text()}
{
    if (!awaited_.turn.empty()) follower_.only_turn(awaited_.turn);
}

/// What runs for the project right now, for the line of progress.
std::string Watch::doing()
{
    const auto slug = started_["slug"].text();
    const auto running =
        queue::list(call_.db(), {.state = "running", .key = started_["id"].text(), .limit = 1});
    return slug + "  " + (running.empty() ? "waiting" : running.front().kind);
}

void Watch::follow()
{
    if (!options_.follow) return;
    progress_.clear();
    while (follower_.look(call_.db())) {
    }
}

/// A turn whose check failed may be followed by one that repairs it: that is what is waited for then.
void Watch::go_on_with_repair()
{
    const auto turn = sessions::find_turn(call_.db(), sessions::TurnId(awaited_.turn));
    if (!turn || !turn->ended_at) return;
    const auto last = sessions::last_of_line(call_.db(), *turn);
    if (last.id == turn->id) return;
    awaited_.turn = last.id.value;
    follower_.only_turn(awaited_.turn);
}

/// Shows what is new; the outcome if there is one.
std::optional<Outcome> Watch::look()
{
    go_on_with_repair(); // before its events are read
    follow();
    auto outcome = outcome_of(call_.db(), awaited_);
    if (!outcome && !follower_.is_in_line()) progress_.show(doing());
    return outcome;
}

/// What is said next begins on a line of its own.
void Watch::end_lines()
{
    progress_.clear();
    if (options_.follow) follower_.finish_line();
}

int Watch::finish(const Outcome& outcome)
{
    follow(); // what was stored between the last look and the end
    end_lines();
    auto& terminal = call_.terminal;
    const auto result = result_of(call_.db(), started_, outcome);
    show_result(terminal, result, call_.command, options_.follow);
    if (!outcome.error.empty() && !terminal.json)
        report(Error(Code::internal, outcome.error, {.hint = outcome.hint}), nullptr, terminal.notes, false);
    return outcome.status;
}

/// Scripts get a result however the waiting ends; a person at a terminal reads the parting words instead.
void Watch::show_for_scripts(const Outcome& outcome)
{
    auto& terminal = call_.terminal;
    if (!terminal.json && !terminal.quiet && terminal.out.is_terminal()) return;
    show_result(terminal, result_of(call_.db(), started_, outcome), call_.command, options_.follow);
}

int Watch::leave(Code code, const std::string& message, int exit)
{
    end_lines();
    show_for_scripts({.name = std::string(still_pending), .status = exit});
    const std::string rest =
        waiter_.works_here() ? ": the work pauses until a worker runs" : ": the work goes on";
    std::vector<Next> next;
    if (awaited_.job != 0)
        next.push_back({"skerry jobs wait " + std::to_string(awaited_.job), "waits again"});
    if (started_["sessionId"].is_text())
        next.push_back(
            {"skerry sessions events " + started_["sessionId"].text() + " --follow", "shows what happens"});
    part(call_.terminal, code, message + rest, next);
    return exit;
}

/// Ends what the action started: every live job that came of its first.
int Watch::cancel()
{
    constexpr milliseconds patience{10'000};
    const auto& app = call_.app();
    for (const auto& job : live_jobs_of_chain(call_.db(), awaited_.job))
        queue::cancel(app.paths, call_.db(), *app.job_kinds, job.id);
    const bool ended = waiter_.settle([&] { return outcome_of(call_.db(), awaited_).has_value(); }, patience);
    const auto outcome = outcome_of(call_.db(), awaited_);
    show_for_scripts(ended && outcome ? *outcome : Outcome{.name = std::string(still_pending)});
    part(call_.terminal, Code::cancelled, ended ? "cancelled" : "the work is being cancelled", {});
    return status::signals + SIGINT;
}

int Watch::interrupted()
{
    constexpr milliseconds time_for_second{1000};
    end_lines();
    if (const int number = waiter_.signal(); number != SIGINT)
        return leave(Code::cancelled, "interrupted", status::signals + number);
    call_.terminal.note("interrupted; once more to cancel the work");
    if (waiter_.pressed_again(time_for_second)) {
        if (call_.terminal.notes.is_terminal())
            call_.terminal.notes.write("\r\033[K"); // the terminal's own ^C
        return cancel();
    }
    return leave(Code::cancelled, "detached", status::signals + SIGINT);
}

int Watch::stay()
{
    std::optional<Outcome> outcome;
    const auto end = waiter_.until([&] {
        outcome = look();
        return outcome.has_value();
    });
    switch (end) {
    case Waiter::End::done: return finish(*outcome);
    case Waiter::End::interrupted: return interrupted();
    case Waiter::End::late:
        return leave(Code::timeout, "not done within " + *options_.timeout, status::pending);
    }
    return status::failed;
}

} // namespace skerry::cli
