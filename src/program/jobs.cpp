#include "program/jobs.hpp"

#include "assets/asset_jobs.hpp"
#include "auth/auth_retention.hpp"
#include "exec/exec_job.hpp"
#include "exec/job_type.hpp"
#include "projects/project_jobs.hpp"
#include "schedules/feeder.hpp"
#include "sessions/agent_session.hpp"
#include "sessions/event_retention.hpp"
#include "sessions/folding.hpp"
#include "sessions/idle.hpp"
#include "sessions/turn_jobs.hpp"

#include <array>

namespace skerry::program {

queue::Kinds job_kinds()
{
    namespace p = projects;
    namespace s = sessions;
    static const std::array table{
        queue::handler<p::Create, p::create, p::abandon_create>(),
        queue::handler<p::Up, p::up, p::abandon_up>(),
        queue::handler<p::WaitReady, p::wait_ready, p::abandon_wait_ready>(),
        queue::handler<p::Stop, p::stop, p::abandon_stop>(),
        queue::handler<p::Restart, p::restart, p::abandon_restart>(),
        queue::handler<p::Delete, p::remove>(),
        queue::handler<s::CreateAgentSession, s::create_agent_session>(),
        queue::handler<s::DeleteAgentSession, s::delete_agent_session>(),
        queue::handler<s::PerformTurn, s::perform_turn, s::abandon_turn>(),
        queue::handler<assets::Process, assets::process, assets::abandon_process>(),
        queue::handler<exec::Exec, exec::perform_exec>(),
    };
    static const std::array feeders{schedules::feeder(), s::idle_stopper(), s::folder(), s::event_retention(),
                                    auth::auth_retention()};
    return {.rows = table, .feeders = feeders, .custom = &exec::custom_kind()};
}

} // namespace skerry::program
