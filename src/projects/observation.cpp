#include "projects/observation.hpp"

#include "projects/project_store.hpp"

namespace skerry::projects {
namespace {

std::vector<runtime::ServiceState> services_of(const App& app, const Project& project)
{
    return runtime::make_runtime(project.runtime)->ps(app.paths.state(project.id.value));
}

bool is_forsaken(const App& app, const Project& project)
{
    return project.status == Status::running && !is_supervised(app, project);
}

api::Json to_json(const runtime::ServiceState& service, const Health& health)
{
    auto json = api::Json::object({{"name", service.name},
                                   {"state", runtime::name_of(service.state)},
                                   {"pid", service.pid != 0 ? std::optional(service.pid) : std::nullopt},
                                   {"port", service.port},
                                   {"restarts", service.restarts},
                                   {"exitCode", service.exit_code},
                                   {"since", service.since}});
    if (service.name == "app") json.set("healthy", health.app);
    if (service.name == "agent") json.set("healthy", health.agent);
    return json;
}

} // namespace

api::Json to_json(const Observation& observation)
{
    auto services = api::Json::array();
    for (const auto& service : observation.services) services.push(to_json(service, observation.health));
    auto json = to_json(observation.project);
    json.set("services", std::move(services));
    return json;
}

bool is_supervised(const App& app, const Project& project)
{
    return !services_of(app, project).empty();
}

Project reconciled(const App& app, db::Connection& db, const Project& project)
{
    if (!is_forsaken(app, project)) return project;
    db::Transaction transaction(db);
    const auto present = find(db, project.id);
    if (present && is_forsaken(app, *present))
        set_status(db, project.id, Status::error,
                   "its supervisor was killed, and its services ended with it");
    transaction.commit();
    return find(db, project.id).value_or(project);
}

Observation observe(const App& app, db::Connection& db, const Project& project)
{
    db.end_snapshot(); // the services may take their time
    Observation seen{
        .project = reconciled(app, db, project), .services = services_of(app, project), .health = {}};
    if (!seen.services.empty()) seen.health = health_of(app, seen.project);
    return seen;
}

} // namespace skerry::projects
