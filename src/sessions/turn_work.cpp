#include "sessions/turn_work.hpp"

#include "agent/event_types.hpp"
#include "events/event_log.hpp"
#include "projects/containers.hpp"
#include "sessions/check.hpp"
#include "sessions/history.hpp"
#include "sessions/limits.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/id.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::sessions {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t longest_subject = 72;
constexpr std::size_t longest_error = 300;
constexpr milliseconds longest_check = std::chrono::minutes(10);

History history_of(const queue::Run& run, const projects::Project& project)
{
    auto stop = is_given_up(run) ? std::stop_token() : run.stop; // what was done until then is kept
    return {project, run.app.paths.state(project.id.value), std::move(stop),
            projects::agent_container(run.app, project)};
}

/// Whoever follows the turn sees that it cannot be shown or taken back.
void warn(const queue::Run& run, const Turn& turn, const std::string& message, const char* hint)
{
    run.log(message);
    run.write([&] {
        events::append(run.db, {.type = std::string(agent::type::diagnostic),
                                .project = turn.project.value,
                                .session = turn.session.value,
                                .turn = turn.id.value,
                                .payload = api::Json::object(
                                    {{"class", "history"}, {"message", message}, {"hint", hint}})});
    });
}

/// The files are the project's; a turn is worth more than its commit.
template <class Work> void attempt(const queue::Run& run, const Turn& turn, const Work& work)
{
    try {
        work();
    } catch (const Error& error) {
        if (error.code() == Code::cancelled || error.code() == Code::conflict) throw;
        warn(run, turn, std::string("no commit is made: ") + error.what(),
             "repair the project's git repository; what the turn changes cannot be taken back");
    }
}

bool can_commit(const queue::Run& run, const Turn& turn, History& history)
{
    const auto obstacle = history.obstacle();
    if (!obstacle.empty())
        warn(run, turn, "no commit is made: the repository is in the middle of something: " + obstacle,
             "end it with git; what the turn changes cannot be taken back");
    return obstacle.empty();
}

void warn_of_repository(const queue::Run& run, const Turn& turn, const FileChange& change)
{
    if (!change.repository || change.status != "added") return;
    warn(run, turn,
         "'" + change.path + "' is a git repository of its own: what changes inside of it is not recorded",
         "remove its .git when it belongs to the project");
}

void commit(const queue::Run& run, const Turn& turn, const projects::Project& project, TurnEnd& end)
{
    auto history = history_of(run, project);
    if (!can_commit(run, turn, history)) return;
    end.commit_after =
        history.commit_all(one_line(turn.prompt, longest_subject), "Skerry-Turn: " + turn.id.value);
    end.files_changed.clear();
    for (const auto& change : history.changes(*turn.commit_before, *end.commit_after)) {
        warn_of_repository(run, turn, change);
        end.files_changed.push_back(change.path);
    }
}

/// A turn that had to change something and did not has failed.
TurnEnd judged(const Turn& turn, TurnEnd end)
{
    const bool idle = end.state == TurnState::completed && end.files_changed.empty();
    if (!turn.terms.require_change || !idle) return end;
    end.state = TurnState::failed;
    end.reason = "no_change";
    end.error = "the agent ended without having changed a file";
    return end;
}

/// The time limit is that of the check as well.
TurnEnd ended_by_time(const Turn& turn, TurnEnd end)
{
    end.state = TurnState::timeout;
    end.reason = name_of(end.state);
    end.error = "the check was ended: the turn took longer than " + for_people(*turn.terms.timeout);
    return end;
}

std::string what_failed(const CheckResult& result)
{
    const auto words = one_line(trim(result.end), longest_error);
    return "the check failed: exit code " + std::to_string(result.exit_code) +
           (words.empty() ? "" : ": " + words);
}

/// A turn on the terms that are left.
Turn follower_of(const Turn& before, Terms terms, Origin origin, std::string prompt)
{
    Turn turn;
    turn.id = TurnId(random_id());
    turn.session = before.session;
    turn.project = before.project;
    turn.prompt = std::move(prompt);
    turn.model = before.model;
    turn.agent = before.agent;
    turn.terms = std::move(terms);
    turn.origin = origin;
    turn.follows = before.id;
    turn.created_at = now();
    return turn;
}

/// A turn that tells the agent what the check said.
Turn repair_of(const Turn& failed, Terms rest, const CheckResult& result)
{
    auto turn = follower_of(failed, std::move(rest), Origin::fix,
                            "The check of your work failed. Find out why and repair it.\n\nCommand: " +
                                *failed.terms.check + "\nExit code: " + std::to_string(result.exit_code) +
                                "\nThe end of what it wrote:\n" + result.end);
    turn.terms.require_change = false; // it may be the check that has to be tried again
    --turn.terms.fix;
    return turn;
}

/// How often the turn is a try again of others.
std::int64_t retries_before(db::Connection& db, Turn turn)
{
    std::int64_t count = 0;
    while (turn.origin == Origin::retry && turn.follows) {
        ++count;
        auto before = find_turn(db, *turn.follows);
        if (!before) break;
        turn = std::move(*before);
    }
    return count;
}

/// A stuck turn is tried again as often as the settings say: what it was asked is asked again, behind what
/// the agent remembers of the first try.
std::optional<Turn> retry_of(const queue::Run& run, const Turn& turn, const TurnEnd& end)
{
    if (end.state != TurnState::stuck) return std::nullopt;
    if (retries_before(run.db, turn) >= run.app.settings.stuck_retries) return std::nullopt;
    auto rest = terms_left(find_turn(run.db, turn.id).value_or(turn), end, now());
    if (!rest) return std::nullopt;
    return follower_of(turn, std::move(*rest), Origin::retry, turn.prompt);
}

Ended checked(const queue::Run& run, const Turn& turn, const projects::Project& project, TurnEnd end)
{
    const auto present = find_turn(run.db, turn.id).value_or(turn);
    const auto left = time_left(present, now());
    const auto limit = left ? std::min<milliseconds>(*left, longest_check) : longest_check;
    const auto result = run_check(run, project, *turn.terms.check, limit);
    end.check_exit = result.exit_code;
    if (result.exit_code == 0) return {.end = std::move(end)};
    if (result.out_of_time && limit == left) return {.end = ended_by_time(turn, std::move(end))};
    end.state = TurnState::failed;
    end.reason = "check_failed";
    end.error = what_failed(result);
    if (turn.terms.fix == 0) return {.end = std::move(end)};
    auto rest = terms_left(present, end, now());
    if (!rest) {
        end.hint = "nothing was left of the limits for a repair";
        return {.end = std::move(end)};
    }
    return {.end = std::move(end), .next = repair_of(turn, std::move(*rest), result)};
}

/// With the commit already made, if there is to be one.
Ended concluded(const queue::Run& run, const Turn& turn, const projects::Project& project, TurnEnd end)
{
    end = judged(turn, std::move(end));
    if (auto retry = retry_of(run, turn, end)) return {.end = std::move(end), .next = std::move(retry)};
    if (!turn.terms.check || end.state != TurnState::completed) return {.end = std::move(end)};
    return checked(run, turn, project, std::move(end));
}

TurnEnd given_up(const queue::Run& run, TurnEnd end)
{
    const bool late = run.stop_reason() == queue::Stop::timeout;
    end.state = late ? TurnState::timeout : TurnState::cancelled;
    end.reason = late ? "timeout" : "aborted";
    end.error = late ? "the turn took longer than its job may" : "the turn was stopped";
    return end;
}

/// Whether the work has ended, and not because nobody will go on with it.
template <class Work> bool ended(const queue::Run& run, const Work& work)
{
    try {
        work();
        return true;
    } catch (const Error& error) {
        if (error.code() != Code::cancelled || !is_given_up(run)) throw;
        return false;
    }
}

} // namespace

bool is_given_up(const queue::Run& run) noexcept
{
    return run.stop_reason() == queue::Stop::cancelled || run.stop_reason() == queue::Stop::timeout;
}

void before_turn(const queue::Run& run, const Turn& turn, const projects::Project& project)
{
    if (turn.commit_before || turn.sent_at) return;
    attempt(run, turn, [&] {
        auto history = history_of(run, project);
        history.head();
        if (!can_commit(run, turn, history)) return;
        const auto commit = history.commit_all("Changes between turns");
        run.write([&] { set_commit_before(run.db, turn.id, commit); });
    });
}

Ended after_turn(const queue::Run& run, const Turn& turn, const projects::Project& project, TurnEnd end)
{
    const auto present = find_turn(run.db, turn.id);
    const auto keep = [&] {
        if (present && present->commit_before)
            attempt(run, turn, [&] { commit(run, *present, project, end); });
    };
    if (!ended(run, keep)) keep(); // the second time it is not interrupted
    if (end.state == TurnState::cancelled) return {.end = given_up(run, std::move(end))};
    Ended result;
    if (ended(run, [&] { result = concluded(run, turn, project, end); })) return result;
    return {.end = given_up(run, std::move(end))};
}

Turn last_of_line(db::Connection& db, Turn turn)
{
    while (auto next = find_follower(db, turn.id)) turn = std::move(*next);
    return turn;
}

} // namespace skerry::sessions
