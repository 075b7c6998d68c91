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
    case TurnState::stuck:
    case TurnState::timeout: return status::agent_failed;
    case TurnState::needs_input: return status::needs_answer;
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
    case TurnState::timeout: return "the agent took too long";
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

Outcome waiting_for(const std::vector<sessions::Request>& requests)
{
    return {.name = std::string(name_of(TurnState::needs_input)),
            .status = status::needs_answer,
            .error = sentence(TurnState::needs_input),
            .hint = answers(requests)};
}

Outcome outcome_of_turn(const Turn& turn)
{
    Outcome outcome{.name = std::string(name_of(turn.state)), .status = status_of(turn.state)};
    if (outcome.status == status::done) return outcome;
    outcome.error = sentence(turn.state) + (turn.error ? ": " + *turn.error : "");
    outcome.hint = "'skerry sessions events " + turn.session.value + "' tells the story";
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
    if (awaited.job == 0) return Outcome{.name = "succeeded"};
    const auto turn =
        awaited.turn.empty() ? std::nullopt : sessions::find_turn(db, sessions::TurnId(awaited.turn));
    if (turn && turn->state == TurnState::needs_input) // an answer may be on its way
        if (const auto open = sessions::open_requests(db, turn->session); !open.empty())
            return waiting_for(open);
    const auto last = queue::end_of_chain(db, awaited.job);
    if (!last) return std::nullopt;
    if (!turn) return outcome_of_job(*last);
    const bool job_is_to_blame = last->state == queue::State::dead && !turn->sent_at;
    return job_is_to_blame || !is_ended(turn->state) ? outcome_of_job(*last) : outcome_of_turn(*turn);
}

} // namespace skerry::cli
