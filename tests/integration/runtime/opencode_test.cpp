#include "api/json.hpp"
#include "http/client.hpp"
#include "runtime/world.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/port.hpp"
#include "util/process.hpp"

#include <cstdlib>

using namespace skerry;
using test::eventually;
using test::World;

namespace {

std::filesystem::path opencode()
{
    if (const char* path = std::getenv("SKERRY_OPENCODE")) return path; // NOLINT(concurrency-mt-unsafe)
    const auto path = process::find_program("opencode");
    REQUIRE_MESSAGE(path, "opencode is neither in PATH nor named by SKERRY_OPENCODE");
    return *path;
}

int free_agent_port()
{
    int port = 15'250;
    while (!port_is_free(port)) ++port;
    return port;
}

runtime::Service agent(const World& world, int port)
{
    const auto home = (world.stack.state / "agent").string();
    runtime::Service service{
        .name = "agent",
        .command = {opencode().string(), "serve", "--port", std::to_string(port), "--hostname", "127.0.0.1"},
        .environment = {{"OPENCODE_SERVER_PASSWORD", "word"}},
        .port = port,
        .own_state = true,
        .readable = {opencode()},
        .farewell = runtime::Farewell{"/global/dispose", "opencode", "word"}};
    for (const auto* name : {"DATA", "STATE", "CACHE", "CONFIG"})
        service.environment.emplace_back(std::string("XDG_") + name + "_HOME", home + "/" + name);
    for (const auto* name : {"AUTOUPDATE", "MODELS_FETCH", "DEFAULT_PLUGINS", "LSP_DOWNLOAD", "SHARE",
                             "CLAUDE_CODE", "EXTERNAL_SKILLS"})
        service.environment.emplace_back(std::string("OPENCODE_DISABLE_") + name, "1");
    return service;
}

bool is_healthy(int port)
{
    try {
        http::Client client({.port = port, .user = "opencode", .password = "word"});
        const auto answer = client.request("GET", "/global/health");
        return answer.status == 200 && api::Json::parse(answer.body)["healthy"].boolean();
    } catch (const Error&) {
        return false;
    }
}

} // namespace

TEST_CASE("the real agent becomes healthy and stops in time")
{
    for (const auto* name : {"sandbox", "host"}) {
        CAPTURE(name);
        World world(name);
        const auto port = free_agent_port();
        world.stack.services.push_back(agent(world, port));
        world.up();
        REQUIRE(eventually([&] { return is_healthy(port); }, std::chrono::seconds(60)));
        const int pid = world.service("agent").pid;
        CHECK(test::text_of("/proc/" + std::to_string(pid) + "/cmdline").find("serve") != std::string::npos);
        const auto begun = monotonic_now();
        world.stop();
        MESSAGE(std::string(name) << " stopped in " << monotonic_now() - begun << " ms");
        CHECK_FALSE(test::is_alive(pid));
        CHECK(world.logs("farewell to agent: HTTP 200"));
        CHECK(std::filesystem::exists(world.stack.state / "agent" / "DATA" / "opencode" / "log"));
    }
}
