#include "projects/ports.hpp"

#include "projects/project_store.hpp"
#include "util/error.hpp"
#include "util/port.hpp"

namespace skerry::projects {
namespace {

/// The next port from `next` on that nobody has; `next` moves behind it.
int take_port(db::Connection& db, const Settings& settings, std::int64_t& next)
{
    while (next <= settings.last_port) {
        const int port = static_cast<int>(next++);
        if (!port_is_held(db, port) && port_is_free(port)) return port;
    }
    throw Error(Code::unavailable,
                "no port is free between " + std::to_string(settings.first_port) + " and " +
                    std::to_string(settings.last_port),
                {.hint = "delete a project, or widen the range: SKERRY_FIRST_PORT, SKERRY_LAST_PORT"});
}

} // namespace

void allocate_ports(db::Connection& db, const Settings& settings, const Project& project)
{
    auto next = settings.first_port;
    const int app = take_port(db, settings, next);
    const int agent = take_port(db, settings, next);
    const int model = uses_scripted_model(project) ? take_port(db, settings, next) : 0;
    set_ports(db, project.id, app, agent, model);
}

} // namespace skerry::projects
