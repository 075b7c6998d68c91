#pragma once

#include "queue/job_store.hpp"
#include "queue/kind.hpp"
#include "queue/run.hpp"
#include "sessions/session.hpp"

#include <string>

/// A session as the agent knows it.
namespace skerry::sessions {

/// The agent's name for the session, which is made there when it is not there yet: a forked one with the
/// conversation that it begins with. Throws Error when the agent cannot be reached.
std::string agent_session_of(const queue::Run& run, const Session& session, const projects::Project& project);

/// Makes the session at the agent.
struct CreateAgentSession {
    static constexpr queue::Policy policy{.kind = "agent.session_create"};
    SessionId session;
};
constexpr auto fields(api::Tag<CreateAgentSession>)
{
    return std::array{
        api::field<&CreateAgentSession::session>("sessionId", "The session", {.min = 1, .max = 40})};
}
void create_agent_session(queue::Run& run, const CreateAgentSession& args);

/// Has the agent forget a session that is no more. Nothing is done when the project does not run: what the
/// agent keeps is seen by nobody, and goes with the project.
struct DeleteAgentSession {
    static constexpr queue::Policy policy{.kind = "agent.session_delete"};
    projects::ProjectId project;
    std::string name; ///< the agent's
};
constexpr auto fields(api::Tag<DeleteAgentSession>)
{
    return std::array{
        api::field<&DeleteAgentSession::project>("projectId", "The project", {.min = 1, .max = 40}),
        api::field<&DeleteAgentSession::name>("agentSessionId", "The agent's name for it",
                                              {.min = 1, .max = 200}),
    };
}
void delete_agent_session(queue::Run& run, const DeleteAgentSession& args);

} // namespace skerry::sessions
