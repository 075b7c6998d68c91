#include "integration/runtime/docker/sleeper.hpp"
#include "integration/runtime/docker/world.hpp"
#include "runtime/docker/stack_folder.hpp"
#include "runtime/process_tree.hpp"
#include "support/forked.hpp"
#include "support/variable.hpp"

#include <csignal>
#include <unistd.h>

/// Each failure of Docker provoked for real: it has its own message, and the next start works.

using namespace skerry;
using namespace skerry::test;
using runtime::State;

namespace {

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("no engine: said so, and the start works when there is one" * skip_without_engine())
{
    World::make_tools_image();
    {
        const Variable host("DOCKER_HOST", "unix:///no/such/docker.sock");
        World world("docker");
        world.add("app", "exec sleep 1000");
        const auto refusal = refusal_of(world);
        CHECK(contains(refusal, "unavailable: the Docker engine does not run"));
        CHECK(contains(refusal, "systemctl start docker"));
    }
    Sleeper world;
    world.check_that_it_starts();
}

TEST_CASE("no permission: said so, with what to do about it" * skip_without_engine())
{
    if (::geteuid() != 0) return; // only root can become somebody who may not
    Forked stranger([] {
        if (::setgid(12'345) != 0 || ::setuid(12'345) != 0) throw std::runtime_error("cannot become another");
        std::string said;
        try {
            (void)runtime::docker::Engine().version();
        } catch (const Error& error) {
            said = std::string(name_of(error.code())) + ": " + error.what() + "; " + error.hint();
        }
        if (!contains(said, "unavailable: no permission to use the Docker engine") ||
            !contains(said, "usermod -aG docker"))
            throw std::runtime_error("it said: " + said);
    });
    CHECK(stranger.wait() == 0);
}

TEST_CASE("a port that only Docker knows to be taken" * skip_without_engine())
{
    Sleeper world;
    const Containers others;
    const auto blocker = others.run("sleep 1000", {"--publish=127.0.0.1:15961:80"});
    approve(world, "services: {app: {ports: [\"127.0.0.1:15961:80\"]}}\n");
    const auto refusal = refusal_of(world);
    CHECK(contains(refusal, "conflict: address already in use: 127.0.0.1:15961"));
    CHECK(world.runtime->ps(world.stack.state).empty());
    others.engine.remove_container(blocker);
    world.check_that_it_starts();
}

TEST_CASE("an image that has to be built, and one that cannot be fetched" * skip_without_engine())
{
    Sleeper world;
    world.stack.services[0].container.image = "skerry/no-such:1";
    CHECK(contains(refusal_of(world), "not_found: the image skerry/no-such:1 of app has not been built"));
    world.stack.services[0].container.image = "registry.invalid/no-such:1";
    const auto refusal = refusal_of(world);
    CHECK(contains(refusal, "an image is missing"));
    CHECK(contains(refusal, "skerry images build"));
    world.stack.services[0].container.image = World::tools_image;
    world.check_that_it_starts();
}

TEST_CASE("an override that Compose does not understand" * skip_without_engine())
{
    Sleeper world;
    for (const auto* text :
         {"services: {app: {imagee: x}}\n", "services: [\n", "services: {app: {depends_on: [zz]}}\n",
          "services: {app: {hostname: \"${NO_SUCH:?}\"}}\n"}) {
        CAPTURE(text);
        approve(world, text);
        const auto refusal = refusal_of(world);
        CHECK(contains(refusal, "bad_request: Compose does not understand"));
        CHECK(contains(refusal, "compose.override.yaml"));
    }
    take_override_away(world);
    world.check_that_it_starts();
}

TEST_CASE("a program that is not in the image is told like one that crashes" * skip_without_engine())
{
    Sleeper world;
    world.stack.services[0].command = {"/no/such/program"};
    world.up();
    CHECK(eventually([&] {
        const auto app = world.service("app");
        return app.state == State::backing_off && app.exit_code == 127;
    }));
    world.stack.services[0].command = {"sleep", "1000"};
    world.check_that_it_starts();
}

TEST_CASE("a name that another container has" * skip_without_engine())
{
    Sleeper world;
    const Containers others;
    const auto name = "skerry-" + others.label;
    const auto blocker = others.run("sleep 1000", {"--name=" + name});
    approve(world, "services: {app: {container_name: " + name + "}}\n");
    CHECK(contains(refusal_of(world), "conflict: another container has the name"));
    others.engine.remove_container(blocker);
    world.check_that_it_starts();
}

TEST_CASE("the containers of somebody else under the same name are not touched" * skip_without_engine())
{
    Sleeper world;
    const Containers others;
    const auto theirs =
        others.run("sleep 1000", {"--label=com.docker.compose.project=skerry_" + world.stack.id,
                                  "--label=com.docker.compose.project.working_dir=/somewhere/else",
                                  "--label=com.docker.compose.service=app"});
    const auto refusal = refusal_of(world);
    CHECK(contains(refusal, "conflict: the containers named skerry_" + world.stack.id + " belong to"));
    CHECK(contains(refusal, "/somewhere/else"));
    CHECK(others.engine.container(theirs).state == runtime::docker::ContainerState::running);
    others.engine.remove_container(theirs);
    world.check_that_it_starts();
}

TEST_CASE("addresses that somebody took meanwhile are left to them: the start takes others" *
          skip_without_engine())
{
    Sleeper world;
    const Containers others;
    docker({"network", "create", others.label_option(), "--subnet=198.18.255.0/28", "net-" + others.label});
    const runtime::docker::StackFolder folder(world.stack.state);
    make_private_folder(folder.path());
    write_file(folder.subnet_file(), "198.18.255.0/28");
    world.check_that_it_starts();
    CHECK(read_file(folder.subnet_file()) != "198.18.255.0/28");
}

TEST_CASE("one that waits for an unhealthy one" * skip_without_engine())
{
    Sleeper world;
    approve(world, "services:\n"
                   "  app: {depends_on: {base: {condition: service_healthy}}}\n"
                   "  base:\n"
                   "    image: " +
                       std::string(World::tools_image) +
                       "\n"
                       "    init: true\n"
                       "    command: [sleep, \"1000\"]\n"
                       "    healthcheck: {test: [CMD, cat, /no/such/file], interval: 1s, retries: 1}\n");
    CHECK(contains(refusal_of(world), "conflict: a service that another one waits for is unhealthy"));
    take_override_away(world);
    world.check_that_it_starts();
}

TEST_CASE("a crash loop, a lack of memory and bad health are told by ps" * skip_without_engine())
{
    World world("docker", {.memory = 64U << 20U});
    world.add("app", "exit 3");
    world.add("agent", "exec python3 -c 'x = bytearray(512 << 20)'");
    world.add("model", "exec sleep 1000");
    approve(
        world,
        "services: {model: {healthcheck: {test: [CMD, cat, /no/such/file], interval: 1s, retries: 1}}}\n");
    world.up();
    CHECK(eventually([&] {
        const auto app = world.service("app");
        return app.restarts >= 2 && app.exit_code == 3 && app.state == State::backing_off;
    }));
    CHECK(eventually([&] { return world.service("agent").trouble == "out of memory"; }));
    CHECK(eventually([&] { return world.service("model").trouble == "unhealthy"; }));
}

TEST_CASE("an up that is killed at any moment is mended by the next one" * skip_without_engine())
{
    for (const auto* moment : {"Network", "Creating", "Created", "Starting"}) {
        CAPTURE(moment);
        Sleeper world;
        Forked starting([&] { world.up(); });
        CHECK(eventually([&] { return contains(world.log(), moment); }));
        for (const auto pid : runtime::descendants_of(starting.pid())) ::kill(pid, SIGKILL);
        starting.kill();
        starting.wait();
        world.check_that_it_starts();
    }
}
