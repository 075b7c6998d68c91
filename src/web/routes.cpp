#include "web/account_reads.hpp"
#include "web/agent_passage.hpp"
#include "web/asset_upload.hpp"
#include "web/job_reads.hpp"
#include "web/operations.hpp"
#include "web/page_files.hpp"
#include "web/paging.hpp"
#include "web/project_reads.hpp"
#include "web/route.hpp"
#include "web/session_reads.hpp"
#include "web/streams.hpp"

#include <array>

namespace skerry::web {

std::span<const Route> routes()
{
    using api::Access;
    using api::fields_of;
    static const std::array table{
        Route{"GET", "/api/me", Access::anyone, Gives::object, "Who asks", {}, show_caller},
        Route{"GET", "/api/projects", Access::user, Gives::list, "List projects, newest first",
              fields_of<ProjectsWanted>(), list_projects},
        Route{"GET",
              "/api/projects/:id",
              Access::user,
              Gives::object,
              "Show a project, its services and their health",
              {},
              show_project},
        Route{"GET", "/api/projects/:id/logs", Access::user, Gives::events, "Follow a project's log",
              fields_of<LogWanted>(), follow_project_log},
        Route{"GET", "/api/projects/:id/assets", Access::user, Gives::list,
              "List a project's assets, newest first", fields_of<Page>(), list_assets},
        Route{"*",
              "/api/projects/:id/agent/*",
              Access::user,
              Gives::anything,
              "Ask the project's agent itself, as its own clients do",
              {},
              pass_to_agent},
        Route{"GET", "/api/sessions", Access::user, Gives::list, "List sessions, newest first",
              fields_of<SessionsWanted>(), list_sessions},
        Route{"GET", "/api/sessions/:id", Access::user, Gives::object, "Show a session", {}, show_session},
        Route{"GET", "/api/sessions/:id/turns", Access::user, Gives::list,
              "List a session's turns, oldest first", fields_of<Page>(), list_turns},
        Route{"GET", "/api/sessions/:id/messages", Access::user, Gives::list,
              "What was said in a session, oldest first", fields_of<Page>(), list_messages},
        Route{"GET",
              "/api/sessions/:id/pending",
              Access::user,
              Gives::list,
              "What the agent waits for",
              {},
              list_pending},
        Route{"GET", "/api/turns/:id", Access::user, Gives::object, "Show a turn", {}, show_turn},
        Route{"GET",
              "/api/turns/:id/diff",
              Access::user,
              Gives::object,
              "What a turn changed",
              {},
              show_difference},
        Route{"GET", "/api/jobs", Access::user, Gives::list, "List jobs, newest first",
              fields_of<JobsWanted>(), list_jobs},
        Route{"GET",
              "/api/jobs/:id",
              Access::user,
              Gives::object,
              "Show a job, its attempts and why it waits or what became of it",
              {},
              show_job},
        Route{"GET", "/api/jobs/:id/log", Access::user, Gives::events, "Follow a job's log to its end",
              fields_of<LogWanted>(), follow_job_log},
        Route{"GET", "/api/events", Access::user, Gives::events, "Follow what happens",
              fields_of<EventsWanted>(), follow_events},
        Route{"GET", "/api/events/stored", Access::user, Gives::list, "List stored events, oldest first",
              fields_of<StoredEventsWanted>(), list_events},
        Route{"GET", "/api/users", Access::admin, Gives::list, "List the users, newest first",
              fields_of<Page>(), list_users},
        Route{"GET", "/api/logins", Access::user, Gives::list, "List logins, one's own, newest first",
              fields_of<Page>(), list_logins},
        Route{"GET", "/api/tokens", Access::user, Gives::list, "List API tokens, one's own, newest first",
              fields_of<Page>(), list_tokens},
        Route{"GET",
              "/api/openapi.json",
              Access::anyone,
              Gives::json,
              "Describe this interface",
              {},
              describe_api},
        Route{"GET", "/healthz", Access::anyone, Gives::json, "Whether the server answers", {}, health},
        Route{"GET",
              "/readyz",
              Access::anyone,
              Gives::json,
              "Whether the server can do its work",
              {},
              readiness},
        Route{"GET",
              "/metrics",
              Access::admin,
              Gives::text,
              "Figures in the text format of Prometheus",
              {},
              metrics},
        Route{"GET", "/", Access::anyone, Gives::page, "The page for people", {}, show_page},
        Route{"GET", "/page.css", Access::anyone, Gives::page, "How the page looks", {}, show_page},
        Route{"GET", "/page.js", Access::anyone, Gives::page, "What the page does", {}, show_page},
    };
    return table;
}

} // namespace skerry::web
