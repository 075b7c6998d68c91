#include "projects/health.hpp"

#include "api/json.hpp"
#include "http/client.hpp"
#include "projects/stack.hpp"
#include "util/error.hpp"

#include <chrono>
#include <optional>

namespace skerry::projects {
namespace {

constexpr http::Allowance short_answer{.timeout = std::chrono::seconds(2), .largest_body = 1U << 20U};

/// The answer, or nothing when nobody answers in time.
std::optional<http::Answer> ask(http::Target target, const std::string& path, std::stop_token stop)
{
    try {
        return http::Client(std::move(target)).request("GET", path, {}, stop, short_answer);
    } catch (const Error& fault) {
        if (fault.code() == Code::cancelled) throw;
        // A page larger than allowed is an answer too.
        return fault.code() == Code::too_large ? std::optional(http::Answer{.status = 200}) : std::nullopt;
    }
}

} // namespace

Health health_of(const App& app, const Project& project, std::stop_token stop)
{
    Health health;
    health.app = ask({.port = project.app_port}, "/", stop).has_value();
    const auto agent = ask(agent_of(app, project), "/global/health", stop);
    health.agent = agent && api::Json::try_parse(agent->body).value_or(api::Json())["healthy"].boolean();
    return health;
}

} // namespace skerry::projects
