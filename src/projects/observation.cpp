#include "projects/observation.hpp"

#include "projects/container_trouble.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::projects {
namespace {

/// What cannot be seen may be running.
bool is_forsaken(const App& app, const Project& project)
{
    try {
        return project.status == Status::running && !is_supervised(app, project);
    } catch (const Error& fault) {
        if (fault.code() != Code::unavailable) throw;
        return false;
    }
}

std::string how_it_ended(const App& app, const Project& project)
{
    const auto services = services_of(app, project);
    if (services.empty())
        return in_containers(project) ? "its containers are gone"
                                      : "its supervisor was killed, and its services ended with it";
    std::vector<std::string> endings;
    for (const auto& service : services) endings.push_back(service.name + " (" + ending_of(service) + ")");
    return "its services have ended: " + join(endings, ", ");
}

} // namespace

std::vector<runtime::ServiceState> services_of(const App& app, const Project& project)
{
    return runtime::make_runtime(project.runtime)->ps(app.paths.state(project.id.value));
}

bool any_lives(const std::vector<runtime::ServiceState>& services)
{
    return std::any_of(services.begin(), services.end(),
                       [](const auto& service) { return service.state != runtime::State::exited; });
}

std::string ending_of(const runtime::ServiceState& service)
{
    std::vector<std::string> words;
    if (service.exit_code) words.push_back("exit code " + std::to_string(*service.exit_code));
    if (!service.trouble.empty()) words.push_back(service.trouble);
    if (service.restarts != 0) words.push_back(std::to_string(service.restarts) + " restarts");
    return join(words, ", ");
}

api::Json to_json(const runtime::ServiceState& service)
{
    return api::Json::object(
        {{"name", service.name},
         {"state", runtime::name_of(service.state)},
         {"pid", service.pid != 0 ? std::optional(service.pid) : std::nullopt},
         {"port", service.port},
         {"restarts", service.restarts},
         {"exitCode", service.exit_code},
         {"since", service.since},
         {"trouble", service.trouble.empty() ? std::nullopt : std::optional(service.trouble)}});
}

api::Json to_json(const Observation& observation)
{
    auto services = api::Json::array();
    for (const auto& service : observation.services) {
        auto one = to_json(service);
        if (service.name == "app") one.set("healthy", observation.health.app);
        if (service.name == "agent") one.set("healthy", observation.health.agent);
        services.push(std::move(one));
    }
    auto json = to_json(observation.project).set("services", std::move(services));
    if (!observation.fault.empty()) json.set("servicesFault", observation.fault);
    return json;
}

bool is_supervised(const App& app, const Project& project)
{
    return any_lives(services_of(app, project));
}

Project reconciled(const App& app, db::Connection& db, const Project& project)
{
    if (!is_forsaken(app, project)) return project;
    if (in_containers(project)) { // a trouble that is over when they run again
        set_trouble(app, db, project.id, Status::error, how_it_ended(app, project));
        return find(db, project.id).value_or(project);
    }
    db::Transaction transaction(db);
    const auto present = find(db, project.id);
    if (present && is_forsaken(app, *present))
        set_status(db, project.id, Status::error, how_it_ended(app, project));
    transaction.commit();
    return find(db, project.id).value_or(project);
}

Observation observe(const App& app, db::Connection& db, const Project& project)
{
    db.end_snapshot(); // the services may take their time
    Observation seen{.project = project, .services = {}, .health = {}};
    try {
        seen.services = services_of(app, project);
    } catch (const Error& fault) {
        if (fault.code() != Code::unavailable) throw;
        seen.fault = fault.what();
    }
    if (seen.fault.empty() && !any_lives(seen.services)) seen.project = reconciled(app, db, project);
    if (!seen.services.empty()) seen.health = health_of(app, seen.project);
    return seen;
}

} // namespace skerry::projects
