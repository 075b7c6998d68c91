#include "cli/outcome.hpp"

#include "cli/exit_status.hpp"
#include "cli/request_view.hpp"
#include "queue/job_store.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_store.hpp"
#include "sessions/turn_jobs.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

using sessions::Turn;
using sessions::TurnState;

int status_of(TurnState state) noexcept
{
    switch (state) {
    case TurnState::completed: return status::done;
    case TurnState::failed:
    case TurnState::stuck: return status::agent_failed;
    case TurnState::needs_input: return status::needs_answer;
    case TurnState::timeout:
    case TurnState::limit: return status::limit_reached;
    case TurnState::cancelled: return status::job_cancelled;
    case TurnState::queued:
    case TurnState::sent:
    case TurnState::running: return status::pending;
    }
    return status::failed;
}

std::string sentence(TurnState state)
{
    switch (state) {
    case TurnState::needs_input: return "the agent waits for an answer";
    case TurnState::stuck: return "the agent stopped moving";
    case TurnState::timeout: return "the time limit was reached";
    case TurnState::limit: return "a limit was reached";
    case TurnState::cancelled: return "the turn was cancelled";
    case TurnState::failed: return "the agent ended with an error";
    case TurnState::completed:
    case TurnState::queued:
    case TurnState::sent:
    case TurnState::running: break;
    }
    return "the turn is " + std::string(name_of(state));
}

/// The commands that answer what the agent waits for; all that is asked must be answered for it to go on.
std::string answers(const std::vector<sessions::Request>& requests)
{
    std::vector<std::string> words;
    for (const auto& request : requests)
        words.push_back(question_of(request) + ": '" + answers_to(request).front() + "'");
    return join(words, "; ");
}

/// The turn that waits for somebody's answer and holds this one up: itself, or the one at the head of the
/// line in which this one stands.
std::optional<Turn> turn_that_asks(db::Connection& db, const Turn& turn)
{
    if (turn.state == TurnState::needs_input) return turn;
    if (turn.state != TurnState::queued) return std::nullopt;
    auto line = sessions::live_turns(db, turn.project);
    const bool asks = !line.empty() && line.front().state == TurnState::needs_input;
    return asks ? std::optional(std::move(line.front())) : std::nullopt;
}

/// That only a person can move the turn; nothing when none is asked, or an answer is on its way.
std::optional<Outcome> waiting_for_answer(db::Connection& db, const Turn& turn)
{
    const auto asking = turn_that_asks(db, turn);
    if (!asking) return std::nullopt;
    const auto requests = sessions::open_requests(db, asking->session);
    if (requests.empty()) return std::nullopt;
    return Outcome{.name = std::string(name_of(TurnState::needs_input)),
                   .status = status::needs_answer,
                   .error = asking->id == turn.id ? sentence(TurnState::needs_input)
                                                  : "an earlier prompt is in the way: the agent waits for an "
                                                    "answer",
                   .hint = answers(requests)};
}

/// Whether the agent did its part and it is skerry that found it wanting: the error says so by itself.
bool is_own_verdict(const Turn& turn)
{
    return turn.error && (turn.reason == "check_failed" || turn.reason == "no_change");
}

std::string error_of(const Turn& turn)
{
    if (is_own_verdict(turn)) return *turn.error;
    const bool says_more = turn.error && !(turn.state == TurnState::cancelled && turn.reason);
    return sentence(turn.state) + (says_more ? ": " + *turn.error : "");
}

Outcome outcome_of_turn(const Turn& turn)
{
    Outcome outcome{.name = std::string(name_of(turn.state)), .status = status_of(turn.state)};
    if (outcome.status == status::done) return outcome;
    outcome.error = error_of(turn);
    outcome.hint = (turn.hint ? *turn.hint + "; " : "") + "'skerry sessions events " + turn.session.value +
                   "' tells the story";
    return outcome;
}

Outcome outcome_of_job(const queue::Job& job)
{
    const auto id = std::to_string(job.id);
    if (job.state == queue::State::succeeded || job.state == queue::State::superseded)
        return {.name = "succeeded", .status = status::done};
    if (job.state == queue::State::cancelled)
        return {.name = "job_cancelled",
                .status = status::job_cancelled,
                .error = "job " + id + " (" + job.kind + ") was cancelled"};
    return {.name = "job_failed",
            .status = status::job_failed,
            .error = "job " + id + " (" + job.kind + ") failed" + (job.error ? ": " + *job.error : ""),
            .hint = "'skerry jobs show " + id + "' tells the story"};
}

/// Of a turn whose job has been pruned, or that never needed one.
std::optional<Outcome> outcome_without_job(const std::optional<Turn>& turn)
{
    if (!turn) return Outcome{.name = "succeeded"};
    return is_ended(turn->state) ? std::optional(outcome_of_turn(*turn)) : std::nullopt;
}

bool comes_of(db::Connection& db, std::optional<queue::Job> job, queue::JobId first)
{
    while (job && job->id != first) job = job->parent ? queue::find(db, *job->parent) : std::nullopt;
    return job.has_value();
}

/// The jobs of the same key from `first` on, which are those that may come of it.
std::vector<queue::Job> candidates(db::Connection& db, queue::JobId first)
{
    constexpr int many = 1000;
    const auto job = queue::find(db, first);
    if (!job) return {};
    return job->key ? queue::list(db, {.key = *job->key, .limit = many}) : std::vector{*job};
}

} // namespace

std::string turn_of_chain(db::Connection& db, queue::JobId first)
{
    for (const auto& job : candidates(db, first))
        if (job.kind == sessions::PerformTurn::policy.kind && comes_of(db, job, first))
            return job.args["turnId"].text();
    return {};
}

std::vector<queue::Job> live_jobs_of_chain(db::Connection& db, queue::JobId first)
{
    std::vector<queue::Job> found;
    for (auto& job : candidates(db, first))
        if (!queue::is_finished(job.state) && comes_of(db, job, first)) found.push_back(std::move(job));
    return found;
}

std::optional<Outcome> outcome_of(db::Connection& db, const Awaited& awaited)
{
    const auto turn =
        awaited.turn.empty() ? std::nullopt : sessions::find_turn(db, sessions::TurnId(awaited.turn));
    if (turn)
        if (auto waiting = waiting_for_answer(db, *turn)) return waiting;
    if (awaited.job == 0) return outcome_without_job(turn);
    const auto last = queue::end_of_chain(db, awaited.job);
    if (!last) return std::nullopt;
    if (!turn) return outcome_of_job(*last);
    const bool job_is_to_blame = last->state == queue::State::dead && !turn->sent_at;
    return job_is_to_blame || !is_ended(turn->state) ? outcome_of_job(*last) : outcome_of_turn(*turn);
}

} // namespace skerry::cli
