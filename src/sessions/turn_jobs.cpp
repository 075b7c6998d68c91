#include "sessions/turn_jobs.hpp"

#include "agent/client.hpp"
#include "agent/turn.hpp"
#include "events/event_log.hpp"
#include "projects/observation.hpp"
#include "projects/project_jobs.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_store.hpp"
#include "util/error.hpp"
#include "util/id.hpp"

#include <algorithm>
#include <functional>

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

/// The project does not run: its start goes before the prompt.
void wake(queue::Run& run, const Project& project, const Turn& turn)
{
    run.log("the project is " + std::string(projects::name_of(project.status)) + ": starting it first");
    run.write([&] { projects::set_status(run.db, project.id, Status::starting); });
    auto chain = projects::start_chain(project.id);
    chain.push_back(queue::follow_up(CreateAgentSession{turn.session}));
    chain.push_back(queue::follow_up(PerformTurn{turn.id}));
    run.enqueue_next(std::move(chain));
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

TurnState state_of(agent::Progress progress)
{
    switch (progress) {
    case agent::Progress::sent: return TurnState::sent;
    case agent::Progress::running: return TurnState::running;
    case agent::Progress::needs_input: return TurnState::needs_input;
    }
    return TurnState::running;
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

/// Whether the agent is still the process that it is now: its number and its restarts tell.
std::function<bool()> life_of_agent(const queue::Run& run, const Project& project)
{
    const auto look = [&app = run.app, project]() -> std::optional<std::pair<int, int>> {
        for (const auto& service :
             runtime::make_runtime(project.runtime)->ps(app.paths.state(project.id.value)))
            if (service.name == "agent") return std::pair(service.pid, service.restarts);
        return std::nullopt;
    };
    return [look, begun = look()] { return begun && look() == begun; };
}

agent::Sink sink_of(const queue::Run& run, const Turn& turn)
{
    return {.events =
                [&run, turn](const std::vector<agent::Event>& batch) {
                    run.write([&] {
                        for (const auto& event : batch) {
                            keep_request(run.db, turn, event);
                            events::append(run.db, {.type = event.type,
                                                    .project = turn.project.value,
                                                    .session = turn.session.value,
                                                    .turn = turn.id.value,
                                                    .payload = event.payload});
                        }
                    });
                },
            .progress =
                [&run, turn](agent::Progress progress) {
                    run.write([&] { set_turn_state(run.db, turn.id, state_of(progress)); });
                }};
}

std::string agent_session_of(const queue::Run& run, const Session& session, const Project& project)
{
    auto client = run.app.agents->lend(projects::agent_of(run.app, project));
    if (session.agent_session && client->has_session(*session.agent_session, run.stop))
        return *session.agent_session;
    client->warm_up(run.stop);
    auto name = client->create_session(session.title, session.model, run.stop);
    run.write([&] { set_agent_session(run.db, session.id, name); });
    return name;
}

/// How far the turn may go. Its time began when the prompt was sent first, maybe by another process.
agent::TurnRequest::Limits limits_of(const Turn& turn)
{
    agent::TurnRequest::Limits limits;
    limits.cost = turn.terms.max_cost;
    limits.steps = turn.terms.max_steps;
    if (turn.terms.timeout) {
        const auto used = turn.sent_at ? now() - *turn.sent_at : 0;
        limits.whole = milliseconds(std::max<std::int64_t>(*turn.terms.timeout - used, 1));
    }
    return limits;
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

TurnEnd end_of(const agent::Outcome& outcome)
{
    TurnEnd end{.state = state_of(outcome.kind),
                .cost = outcome.cost,
                .tokens_input = outcome.tokens_input,
                .tokens_output = outcome.tokens_output,
                .files_changed = outcome.files_changed};
    if (!outcome.error.empty()) end.error = outcome.error;
    if (!outcome.reason.empty()) end.reason = outcome.reason;
    return end;
}

} // namespace

void create_agent_session(queue::Run& run, const CreateAgentSession& args)
{
    const auto session = find(run.db, args.session);
    if (!session) throw Error(Code::not_found, "the session is gone");
    agent_session_of(run, *session, project_of(run, session->project));
}

void perform_turn(queue::Run& run, const PerformTurn& args)
{
    const auto turn = find_turn(run.db, args.turn);
    if (!turn || turn->ended_at) return;
    const auto project = project_of(run, turn->project);
    if (!is_next(run, *turn) || is_on_its_way(run, project)) run.reschedule(500ms);
    if (project.status != Status::running) return wake(run, project, *turn);

    const auto outcome = agent::follow_turn(
        *run.app.agents,
        {.agent = projects::agent_of(run.app, project),
         .session = agent_session_of(run, *find(run.db, turn->session), project),
         .message = message_of(run, *turn),
         .model = turn->model,
         .text = turn->prompt,
         .mode = turn->agent,
         .policy = agent::parse_policy(turn->terms.on_permission.value_or(project.on_permission)),
         .replies = [&run, id = turn->id] { return answers_for(run.db, id); },
         .told = told_before(run, *turn),
         .alive = life_of_agent(run, project),
         .left_at_stop =
             [&run] {
                 return run.stop_reason() != queue::Stop::cancelled &&
                        run.stop_reason() != queue::Stop::timeout;
             },
         .limits = limits_of(*turn)},
        sink_of(run, *turn), run.stop);
    if (outcome.kind == agent::Outcome::Kind::cancelled) run.throw_if_cancelled();
    run.commit(
        [id = turn->id, end = judged(*turn, end_of(outcome))](db::Connection& db) { end_turn(db, id, end); });
}

void abandon_turn(db::Connection& db, const PerformTurn& args, const Error& reason)
{
    const bool cancelled = reason.code() == Code::cancelled;
    end_turn(db, args.turn,
             {.state = cancelled ? TurnState::cancelled : TurnState::failed, .error = reason.what()});
}

} // namespace skerry::sessions
