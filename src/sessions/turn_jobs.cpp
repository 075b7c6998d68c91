#include "sessions/turn_jobs.hpp"

#include "agent/turn.hpp"
#include "events/event_log.hpp"
#include "projects/observation.hpp"
#include "projects/project_jobs.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "secrets/secret_store.hpp"
#include "sessions/agent_life.hpp"
#include "sessions/agent_session.hpp"
#include "sessions/attachments.hpp"
#include "sessions/limits.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_store.hpp"
#include "sessions/turn_sink.hpp"
#include "sessions/turn_work.hpp"
#include "util/error.hpp"
#include "util/id.hpp"

#include <algorithm>

namespace skerry::sessions {
namespace {

using namespace std::chrono_literals;
using projects::Project;
using projects::Status;
using std::chrono::milliseconds;

Project project_of(const queue::Run& run, const projects::ProjectId& id)
{
    const auto project = projects::find(run.db, id);
    if (!project || !projects::is_alive(project->status))
        throw Error(Code::conflict, "the project is being deleted");
    return projects::reconciled(run.app, run.db, *project);
}

/// Prompts are answered in the order they were given: the agent would merge those that meet.
bool is_next(const queue::Run& run, const Turn& turn)
{
    const auto live = live_turns(run.db, turn.project);
    return live.empty() || live.front().id == turn.id;
}

/// Whether another job is about to bring the project up or down; this one waits for it.
bool is_on_its_way(const queue::Run& run, const Project& project)
{
    const bool between = project.status == Status::created || project.status == Status::starting ||
                         project.status == Status::stopping;
    if (!between) return false;
    const auto jobs = queue::list(run.db, {.state = "queued", .key = project.id.value});
    return std::any_of(jobs.begin(), jobs.end(),
                       [](const queue::Job& job) { return job.kind != PerformTurn::policy.kind; });
}

/// The project's start goes before the prompt.
void start_first(queue::Run& run, const Project& project, const Turn& turn, const std::string& reason)
{
    run.log(reason + ": starting the project first");
    run.write([&] { projects::set_status(run.db, project.id, Status::starting); });
    auto chain = projects::start_chain(project.id);
    chain.push_back(queue::follow_up(CreateAgentSession{turn.session}));
    chain.push_back(queue::follow_up(PerformTurn{.turn = turn.id, .renewed = true}));
    run.enqueue_next(std::move(chain));
}

/// Why the agent cannot be given the prompt as it is; empty when it can. What another worker sees may differ
/// from what this one does, so an agent that was started for this very turn is taken as it is.
std::string reason_to_start(const queue::Run& run, const Project& project, const PerformTurn& args,
                            const Turn& turn)
{
    if (project.status != Status::running)
        return "the project is " + std::string(projects::name_of(project.status));
    const bool may_renew = !args.renewed && !turn.message;
    if (may_renew && runtime::make_runtime(project.runtime)->runs_other(projects::stack_of(run.app, project)))
        return "its keys or settings have changed";
    return {};
}

TurnState state_of(agent::Outcome::Kind kind)
{
    switch (kind) {
    case agent::Outcome::Kind::completed: return TurnState::completed;
    case agent::Outcome::Kind::failed: return TurnState::failed;
    case agent::Outcome::Kind::needs_input: return TurnState::failed; // nobody answered for too long
    case agent::Outcome::Kind::stuck: return TurnState::stuck;
    case agent::Outcome::Kind::timeout: return TurnState::timeout;
    case agent::Outcome::Kind::cancelled: return TurnState::cancelled;
    case agent::Outcome::Kind::limit: return TurnState::limit;
    }
    return TurnState::failed;
}

/// Written before the prompt is sent; after a crash the same name is used again.
std::string message_of(const queue::Run& run, const Turn& turn)
{
    if (turn.message) return *turn.message;
    auto message = message_id();
    run.write([&] { set_message(run.db, turn.id, message); });
    return message;
}

std::vector<agent::Event> told_before(const queue::Run& run, const Turn& turn)
{
    std::vector<agent::Event> told;
    std::int64_t after = 0;
    for (;;) {
        const auto part = events::read(run.db, {.session = turn.session.value, .turn = turn.id.value}, after);
        for (const auto& event : part)
            told.push_back({.type = event.fact.type, .agent_session = {}, .payload = event.fact.payload});
        if (part.empty()) return told;
        after = part.back().seq;
    }
}

/// How far the turn may go.
agent::TurnRequest::Limits limits_of(const queue::Run& run, const Turn& turn)
{
    agent::TurnRequest::Limits limits;
    limits.silence = milliseconds(parse_duration(run.app.settings.silence));
    limits.cost = turn.terms.max_cost;
    limits.steps = turn.terms.max_steps;
    limits.whole = time_left(turn, now());
    return limits;
}

TurnEnd end_of(const agent::Outcome& outcome)
{
    TurnEnd end{.state = state_of(outcome.kind),
                .cost = outcome.cost,
                .tokens_input = outcome.tokens_input,
                .tokens_output = outcome.tokens_output,
                .steps = outcome.steps,
                .files_changed = outcome.files_changed};
    if (!outcome.error.empty()) end.error = outcome.error;
    if (!outcome.reason.empty()) end.reason = outcome.reason;
    if (!outcome.hint.empty()) end.hint = outcome.hint;
    return end;
}

/// The job will not succeed, so its success cannot carry the end of the turn.
[[noreturn]] void end_now(const queue::Run& run, const TurnId& turn, const TurnEnd& end)
{
    run.write([&] { end_turn(run.db, turn, end); });
    throw Error(Code::cancelled, "the turn was given up");
}

} // namespace

void perform_turn(queue::Run& run, const PerformTurn& args)
{
    const auto turn = find_turn(run.db, args.turn);
    if (!turn || turn->ended_at) return;
    const auto project = project_of(run, turn->project);
    if (!is_next(run, *turn) || is_on_its_way(run, project)) run.reschedule(500ms);
    if (const auto reason = reason_to_start(run, project, args, *turn); !reason.empty())
        return start_first(run, project, *turn, reason);

    await_agent(run, project);
    before_turn(run, *turn, project);
    const auto outcome = agent::follow_turn(
        *run.app.agents,
        {.agent = projects::agent_of(run.app, project),
         .session = agent_session_of(run, *find(run.db, turn->session), project),
         .message = message_of(run, *turn),
         .model = turn->model,
         .text = turn->prompt,
         .files = files_for(*turn),
         .mode = turn->agent,
         .policy = agent::parse_policy(turn->terms.on_permission.value_or(project.on_permission)),
         .everywhere = agent::parse_policy(project.on_permission),
         .replies = [&run, id = turn->id] { return answers_for(run.db, id); },
         .told = told_before(run, *turn),
         .secrets = secrets::values(run.app.paths),
         .alive = life_of_agent(run, project),
         .left_at_stop = [&run] { return !is_given_up(run); },
         .limits = limits_of(run, *turn)},
        sink_of(run, *turn), run.stop);
    if (outcome.kind == agent::Outcome::Kind::cancelled && !is_given_up(run)) run.throw_if_cancelled();
    auto ended = after_turn(run, *turn, project, end_of(outcome));
    if (is_given_up(run) && ended.end.state != TurnState::completed) end_now(run, turn->id, ended.end);
    if (ended.next) run.enqueue_next({queue::follow_up(PerformTurn{.turn = ended.next->id})});
    run.commit([id = turn->id, ended = std::move(ended)](db::Connection& db) {
        end_turn(db, id, ended.end);
        if (ended.next) insert(db, *ended.next);
    });
}

std::optional<queue::Job> job_of(db::Connection& db, const Turn& turn)
{
    return queue::newest_about(db, PerformTurn::policy.kind, turn.project.value, "turnId", turn.id.value);
}

void abandon_turn(db::Connection& db, const PerformTurn& args, const Error& reason)
{
    const bool cancelled = reason.code() == Code::cancelled;
    TurnEnd end{.state = cancelled ? TurnState::cancelled : TurnState::failed, .error = reason.what()};
    if (!reason.hint().empty()) end.hint = reason.hint();
    end_turn(db, args.turn, end);
}

} // namespace skerry::sessions
