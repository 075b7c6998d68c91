#include "integration/runtime/docker/world.hpp"
#include "integration/runtime/world.hpp"
#include "runtime/docker/override_file.hpp"
#include "runtime/docker/stack_folder.hpp"
#include "util/file_lock.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

/// What the docker runtime does beyond what all do: tests/integration/runtime/behaviour_test.cpp.

using namespace skerry;
using namespace skerry::test;
using runtime::State;

namespace {

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

std::string container_of(const World& world, const std::string& service)
{
    for (const auto& one : runtime::docker::Engine().containers({{"skerry.project", world.stack.id}}))
        if (one.label("skerry.service") == service) return one.id;
    return {};
}

std::string inspected(const World& world, const std::string& service, const std::string& format)
{
    return docker({"inspect", "--format", format, container_of(world, service)});
}

void approve(const World& world, const std::string& text)
{
    write_file(runtime::docker::override_file(world.stack.folder), text);
    runtime::docker::approve_override(world.stack.folder, world.stack.state);
}

} // namespace

TEST_CASE("every limit is in force, as seen from inside a container" * skip_without_engine())
{
    World world("docker", {.memory = 192U << 20U, .processes = 40, .open_files = 777});
    if (::geteuid() == 0) REQUIRE(::chown(world.stack.folder.c_str(), 12'345, 12'346) == 0);
    world.stack.instance = "test";
    auto& app = world.add(
        "app", "cat /proc/1/comm >answer.new; cat /proc/self/status >>answer.new; id -u >>answer.new; "
               "touch /etc/x 2>>answer.new; echo '#!/bin/sh\necho ran from tmp' >/tmp/x; "
               "chmod +x /tmp/x; /tmp/x >>answer.new; ulimit -n >>answer.new; ulimit -c >>answer.new; "
               "i=0; while [ $i -lt 60 ]; do sleep 1000 & i=$((i+1)); done 2>>answer.new; "
               "mv answer.new answer; exec sleep 1000");
    app.container.cpus = 0.5;
    app.command[2] += "";
    world.up();
    REQUIRE(eventually([&] {
        return std::filesystem::exists(world.stack.folder / "answer.new") ||
               std::filesystem::exists(world.stack.folder / "answer");
    }));
    const auto seen = [&] {
        return read_file_if_any(world.stack.folder / "answer")
            .value_or(read_file_if_any(world.stack.folder / "answer.new").value_or(""));
    };
    CHECK(eventually([&] { return contains(seen(), "annot fork"); }));
    const auto answer = seen();
    for (const auto* part :
         {"docker-init\n", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1",
          "Seccomp:\t2", "Read-only file system", "ran from tmp", "\n777\n0\n"}) {
        CAPTURE(part);
        CHECK(contains(answer, part));
    }
    struct stat about {};
    REQUIRE(::stat((world.stack.folder / "answer.new").c_str(), &about) == 0);
    if (::geteuid() == 0) {
        CHECK(about.st_uid == 12'345);
        CHECK(about.st_gid == 12'346);
        CHECK(contains(answer, "\n12345\n"));
    }
    CHECK(inspected(world, "app",
                    "{{.HostConfig.NanoCpus}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} "
                    "{{.HostConfig.PidsLimit}}") == "500000000 201326592 201326592 40");
    CHECK(inspected(world, "app", "{{json .HostConfig.LogConfig.Config}}") ==
          R"({"max-file":"3","max-size":"5m"})");
    CHECK(inspected(world, "app", "{{index .Config.Labels \"skerry.instance\"}}") == "test");
    const auto subnet = docker({"network", "inspect", "skerry_" + world.stack.id + "_default", "--format",
                                "{{(index .IPAM.Config 0).Subnet}}"});
    CHECK(subnet.ends_with("/28"));
}

TEST_CASE("a port is published on this machine's loopback only" * skip_without_engine())
{
    World world("docker");
    world.add("app", "exec sleep 1000").port = 15'950;
    world.up();
    CHECK(inspected(world, "app", "{{json .HostConfig.PortBindings}}") ==
          R"({"15950/tcp":[{"HostIp":"127.0.0.1","HostPort":"15950"}]})");
}

TEST_CASE("skerry itself runs in an image that has none of its libraries" * skip_without_engine())
{
    World world("docker");
    auto& service = world.add("app", "");
    service.command = {program_path().string(), "--version"};
    service.readable = {program_path()};
    std::string output;
    const auto ending = world.runtime->exec(
        world.stack, service, [&](std::string_view line) { output.append(line).push_back('\n'); });
    CHECK(ending.code == 0);
    CHECK(contains(output, "doctest"));
}

TEST_CASE("an override that was approved counts, one that was not refuses the start" * skip_without_engine())
{
    World world("docker");
    world.add("app", "exec sleep 1000");
    const std::string text =
        "services:\n  app:\n    environment: {ADDED: by the user}\n  extra:\n    image: " +
        std::string(World::tools_image) + "\n    init: true\n    command: [sleep, \"1000\"]\n";
    write_file(runtime::docker::override_file(world.stack.folder), text);
    CHECK_THROWS_WITH_AS(world.up(), doctest::Contains("has not been approved"), Error);
    CHECK(world.runtime->ps(world.stack.state).empty());
    approve(world, text);
    world.up();
    CHECK(contains(inspected(world, "app", "{{json .Config.Env}}"), "ADDED=by the user"));
    CHECK(world.runtime->ps(world.stack.state).size() == 2);
    CHECK(world.service("extra").state == State::running);
    std::filesystem::remove(runtime::docker::override_file(world.stack.folder));
    world.up();
    CHECK_FALSE(contains(inspected(world, "app", "{{json .Config.Env}}"), "ADDED=by the user"));
    CHECK(world.runtime->ps(world.stack.state).size() == 1);
}

TEST_CASE("neither a .env of the project nor our own environment change what Compose does" *
          skip_without_engine())
{
    World world("docker");
    world.add("app", "exec sleep 1000");
    write_file(world.stack.folder / ".env",
               "COMPOSE_PROJECT_NAME=other\nCOMPOSE_PROFILES=x\nDOCKER_HOST=tcp://127.0.0.1:1\n");
    ::setenv("COMPOSE_FILE", "/no/such/file", 1); // NOLINT(concurrency-mt-unsafe): one thread
    world.up();
    ::unsetenv("COMPOSE_FILE"); // NOLINT(concurrency-mt-unsafe)
    CHECK(world.service("app").state == State::running);
}

TEST_CASE("what Compose said and how it ended is in the log" * skip_without_engine())
{
    World world("docker");
    world.add("app", "exec sleep 1000");
    world.up();
    world.stop();
    const auto log = world.log();
    CHECK(contains(log, "[host] docker compose -p skerry_" + world.stack.id));
    CHECK(contains(log, " up -d --remove-orphans ("));
    CHECK(contains(log, "[docker] "));
    CHECK(contains(log, "[host] exit=0 ("));
}

TEST_CASE("stop keeps volumes, remove takes containers, volumes and networks" * skip_without_engine())
{
    World world("docker");
    world.add("app", "exec sleep 1000");
    approve(world, "services: {app: {volumes: [\"kept:/kept\"]}}\nvolumes: {kept: {}}\n");
    world.up();
    const runtime::docker::Engine engine;
    const runtime::docker::Wanted ours{{"com.docker.compose.project", "skerry_" + world.stack.id}};
    world.stop();
    CHECK(engine.volumes(ours).size() == 1);
    world.up();
    CHECK(engine.volumes(ours).size() == 1);
    world.runtime->remove(world.stack.state, [](std::string_view) {});
    CHECK(engine.volumes(ours).empty());
    CHECK(engine.networks(ours).empty());
    CHECK(engine.containers(ours).empty());
}
