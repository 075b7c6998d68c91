#include "sessions/idle.hpp"

#include "app/app.hpp"
#include "projects/project_jobs.hpp"
#include "projects/project_store.hpp"
#include "queue/job_store.hpp"
#include "util/clock.hpp"
#include "util/presence.hpp"

#include <vector>

namespace skerry::sessions {
namespace {

/// Nobody says that he has stopped following.
constexpr Time between_looks = 5'000;

/// Nothing: projects run for as long as nobody stops them.
std::optional<std::int64_t> idle_time(const Settings& settings)
{
    return settings.idle_stop == "off" ? std::nullopt : std::optional(parse_duration(settings.idle_stop));
}

struct Idle {
    projects::ProjectId project;
    Time since = 0;
};

/// Running projects without work, by when the last thing happened in them.
std::vector<Idle> idle_projects(db::Connection& db)
{
    std::vector<Idle> found;
    db::Query row(db,
                  "select id, max(updated_at, coalesce((select max(ended_at) from turns"
                  " where project_id = projects.id), 0)) from projects"
                  " where status = 'running' and deleted_at is null"
                  " and not exists (select 1 from turns where project_id = projects.id and ended_at is null)"
                  " and not exists (select 1 from jobs where ckey = projects.id and state < 5)");
    while (row.next()) found.push_back({row.id<projects::Project>(0), row.number(1)});
    return found;
}

bool is_followed(const App& app, const projects::ProjectId& project)
{
    return Presence::anybody(app.paths.followers(project.value));
}

std::optional<Time> next_stop(const App& app, db::Connection& db)
{
    const auto patience = idle_time(app.settings);
    if (!patience) return std::nullopt;
    std::optional<Time> next;
    for (const auto& idle : idle_projects(db)) {
        auto due = idle.since + *patience;
        if (due <= now() && is_followed(app, idle.project)) due = now() + between_looks;
        if (!next || due < *next) next = due;
    }
    return next;
}

void stop_idle(const App& app, db::Connection& db, Time now)
{
    const auto patience = idle_time(app.settings);
    if (!patience) return;
    for (const auto& idle : idle_projects(db)) {
        if (idle.since + *patience > now || is_followed(app, idle.project)) continue;
        projects::set_status(db, idle.project, projects::Status::stopping);
        queue::add(db, projects::Stop{idle.project}, projects::order_for(idle.project));
    }
}

} // namespace

queue::Feeder idle_stopper()
{
    return {.next = next_stop, .feed = stop_idle};
}

} // namespace skerry::sessions
