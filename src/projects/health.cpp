#include "projects/health.hpp"

#include "agent/clients.hpp"
#include "http/client.hpp"
#include "projects/stack.hpp"
#include "util/error.hpp"

#include <chrono>

namespace skerry::projects {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 2s;

/// False when nobody answers in time.
template <class Question> bool answers(const Question& ask)
{
    try {
        ask();
    } catch (const Error& fault) {
        if (fault.code() == Code::cancelled) throw;
        return fault.code() == Code::too_large; // a page of any size is an answer
    }
    return true;
}

} // namespace

bool agent_answers(const App& app, const Project& project, std::stop_token stop)
{
    return answers([&] { app.agents->lend(agent_of(app, project))->health(stop, patience); });
}

Health health_of(const App& app, const Project& project, std::stop_token stop)
{
    Health health;
    health.app = answers([&] {
        http::Client({.port = project.app_port})
            .request("GET", "/", {}, stop, {.timeout = patience, .largest_body = 1U << 20U});
    });
    health.agent = agent_answers(app, project, stop);
    return health;
}

} // namespace skerry::projects
