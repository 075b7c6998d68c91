#include "runtime/control.hpp"
#include "runtime/control_group.hpp"
#include "runtime/process_tree.hpp"
#include "runtime/world.hpp"
#include "util/clock.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"
#include "util/port.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <future>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

using namespace skerry;
using runtime::State;
using test::eventually;
using test::World;

namespace {

constexpr const char* runtimes[] = {"sandbox", "host"};

/// Listens on a free port of 127.0.0.1.
struct Listener {
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    int port = 0;
    Listener()
    {
        for (port = 15'200; port < 15'300; ++port) {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(static_cast<std::uint16_t>(port));
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) break;
        }
        REQUIRE(::listen(socket.get(), 1) == 0);
    }
};

int free_port()
{
    return Listener().port;
}

/// All that lives below the supervisor now, zombies aside.
std::vector<pid_t> family(const World& world)
{
    return runtime::descendants_of(world.supervisor());
}

bool all_dead(const std::vector<pid_t>& pids)
{
    for (const auto pid : pids)
        if (test::is_alive(pid)) return false;
    return true;
}

} // namespace

TEST_CASE("services run and are reported with pids of this machine, and stop leaves nothing")
{
    for (const auto* name : runtimes) {
        CAPTURE(name);
        World world(name);
        world.add("app", "exec sleep 1000");
        world.add("agent", "exec sleep 1000");
        world.up();
        const auto services = world.runtime->ps(world.stack.state);
        REQUIRE(services.size() == 2);
        for (const auto& service : services) {
            CHECK(service.state == State::running);
            CHECK(eventually([&] { return runtime::name_of_process(service.pid) == "sleep"; }));
            CHECK(service.restarts == 0);
        }
        const int supervisor = world.supervisor();
        world.stop();
        CHECK(world.runtime->ps(world.stack.state).empty());
        CHECK_FALSE(test::is_alive(services[0].pid));
        CHECK_FALSE(test::is_alive(services[1].pid));
        CHECK(eventually([&] { return !test::is_alive(supervisor); }));
        CHECK_FALSE(std::filesystem::exists(world.stack.state / "stack.json"));
        world.stop(); // a second time is fine
    }
}

TEST_CASE("up twice is one supervisor, also at once; another stack replaces the services")
{
    World world;
    world.add("app", "exec sleep 1000");
    auto first = std::async(std::launch::async, [&] { world.up(); });
    auto second = std::async(std::launch::async, [&] { world.up(); });
    first.get();
    second.get();
    const int supervisor = world.supervisor();
    const int app = world.service("app").pid;
    world.up();
    CHECK(world.supervisor() == supervisor);
    CHECK(world.service("app").pid == app);

    world.stack.services[0].environment = {{"NEW", "1"}};
    world.up();
    CHECK(world.supervisor() != supervisor);
    CHECK_FALSE(test::is_alive(app));
    CHECK(test::is_alive(world.service("app").pid));
}

TEST_CASE("a service that crashes is started again and counted")
{
    for (const auto* name : runtimes) {
        CAPTURE(name);
        World world(name);
        world.add("app", "echo run >>runs; [ $(wc -l <runs) -ge 2 ] && exec sleep 1000; exit 3");
        world.up();
        CHECK(eventually([&] {
            const auto app = world.service("app");
            return app.restarts == 1 && app.state == State::running && app.exit_code == 3;
        }));
        CHECK(world.logs("[host] app ended: exit code 3; starting again in 1 s"));
        ::kill(world.service("app").pid, SIGKILL);
        CHECK(eventually([&] { return world.service("app").restarts == 2; }));
        CHECK(world.service("app").exit_code == 137);
    }
}

TEST_CASE("what a crashed service has left is gone before it starts again")
{
    for (const auto* name : runtimes) {
        CAPTURE(name);
        World world(name);
        world.add("app", "setsid sleep 1000 & echo up; exec sleep 1000");
        world.up();
        CHECK(eventually([&] { return family(world).size() >= 3; }));
        const auto before = family(world);
        ::kill(world.service("app").pid, SIGKILL);
        CHECK(eventually([&] { return world.service("app").restarts == 1; }));
        CHECK(all_dead(before));
    }
}

TEST_CASE("stop ends children that left the session and ignore TERM")
{
    for (const auto* name : runtimes) {
        CAPTURE(name);
        World world(name);
        world.add("app", "trap '' TERM; setsid sh -c \"trap '' TERM; while :; do sleep 1; done\" & "
                         "echo ready; while :; do sleep 1; done");
        world.up();
        CHECK(world.logs("[app] ready"));
        CHECK(eventually([&] { return family(world).size() >= 5; }));
        const auto before = family(world);
        const auto begun = monotonic_now();
        world.stop();
        MESSAGE(std::string(name) << " stopped in " << monotonic_now() - begun << " ms");
        CHECK(all_dead(before));
        CHECK(world.logs("[host] stopped"));
    }
}

TEST_CASE("a service that obeys TERM may finish its work")
{
    for (const auto* name : runtimes) {
        CAPTURE(name);
        World world(name);
        world.add("app", "trap 'echo saved >saved; exit 0' TERM; echo ready; while :; do sleep 0.1; done");
        world.up();
        CHECK(world.logs("[app] ready"));
        world.stop();
        CHECK(read_file_if_any(world.stack.folder / "saved") == "saved\n");
        CHECK(world.logs("[host] stopped app: exit code 0"));
    }
}

TEST_CASE("kill -9 of the supervisor leaves no service alive, and up starts anew")
{
    for (const auto* name : runtimes) {
        CAPTURE(name);
        World world(name);
        const auto port = free_port();
        world.add("app", "setsid sleep 1000 & echo ready; exec sleep 1000").port = port;
        world.up();
        CHECK(eventually([&] { return family(world).size() >= 3; }));
        const auto before = family(world);
        ::kill(world.supervisor(), SIGKILL);
        CHECK(eventually([&] { return all_dead(before); }));
        CHECK(world.runtime->ps(world.stack.state).empty());
        world.up();
        CHECK(world.service("app").state == State::running);
    }
}

TEST_CASE("kill -9 of what stands between supervisor and service ends the service, which starts again")
{
    for (const auto* name : runtimes) {
        CAPTURE(name);
        World world(name);
        world.add("app", "setsid sleep 1000 & exec sleep 1000");
        world.up();
        CHECK(eventually([&] { return family(world).size() >= 3; }));
        const auto before = family(world);
        ::kill(before.front(), SIGKILL);
        CHECK(eventually([&] { return world.service("app").restarts == 1; }));
        CHECK(eventually([&] { return all_dead(before); }));
    }
}

TEST_CASE("a TERM to the supervisor is a stop")
{
    World world;
    world.add("app", "trap 'echo saved >saved; exit 0' TERM; echo ready; while :; do sleep 0.1; done");
    world.up();
    CHECK(world.logs("[app] ready"));
    const int supervisor = world.supervisor();
    ::kill(supervisor, SIGTERM);
    CHECK(eventually([&] { return !test::is_alive(supervisor); }));
    CHECK(std::filesystem::exists(world.stack.folder / "saved"));
}

TEST_CASE("a supervisor that hangs is ended by force")
{
    World world;
    world.add("app", "exec sleep 1000");
    world.up();
    const auto before = family(world);
    ::kill(world.supervisor(), SIGSTOP);
    world.stop();
    CHECK(eventually([&] { return all_dead(before); }));
}

TEST_CASE("a taken port is a conflict that names the service, before anything is started")
{
    World world;
    const Listener listener;
    CHECK_FALSE(port_is_free(listener.port));
    world.add("app", "exec sleep 1000").port = listener.port;
    try {
        world.up();
        FAIL("it started");
    } catch (const Error& error) {
        CHECK(error.code() == Code::conflict);
        CHECK(std::string(error.what()) ==
              "address already in use: port " + std::to_string(listener.port) + " of app");
    }
    CHECK(world.runtime->ps(world.stack.state).empty());
}

TEST_CASE("a farewell is said before the service is told to end")
{
    World world;
    const auto port = free_port();
    const auto server = "require('http').createServer((q, a) => {"
                        " console.log(q.method, q.url, q.headers.authorization); a.end('true'); })"
                        ".listen(" +
                        std::to_string(port) +
                        ", '127.0.0.1', () => console.log('listening'));"
                        "process.on('SIGTERM', () => { console.log('told to end'); process.exit(0); });";
    world.stack.services.push_back({.name = "agent",
                                    .command = {"node", "-e", server},
                                    .port = port,
                                    .farewell = runtime::Farewell{"/global/dispose", "opencode", "word"}});
    world.up();
    REQUIRE(world.logs("[agent] listening"));
    world.stop();
    const auto log = world.log();
    const auto farewell = log.find("[agent] POST /global/dispose Basic b3BlbmNvZGU6d29yZA==");
    REQUIRE(farewell != std::string::npos);
    CHECK(log.find("[agent] told to end", farewell) != std::string::npos);
    CHECK(log.find("farewell to agent: HTTP 200") != std::string::npos);
}

TEST_CASE("a farewell that nobody answers holds a stop up for its time only")
{
    World world;
    const auto port = free_port();
    const auto mute = "require('net').createServer(() => {}).listen(" + std::to_string(port) +
                      ", '127.0.0.1', () => console.log('listening'))";
    world.stack.services.push_back({.name = "agent",
                                    .command = {"node", "-e", mute},
                                    .port = port,
                                    .farewell = runtime::Farewell{"/global/dispose", "", ""}});
    world.up();
    REQUIRE(world.logs("[agent] listening"));
    const auto begun = monotonic_now();
    world.stop();
    MESSAGE("stopped in " << monotonic_now() - begun << " ms");
    CHECK(world.logs("[host] farewell to agent: "));
    CHECK(world.runtime->ps(world.stack.state).empty());
}

TEST_CASE("the files of a stack are for their owner only, and the supervisor holds no descriptor of ours")
{
    World world;
    world.add("app", "exec sleep 1000").environment = {{"PASSWORD", "secret"}};
    const Listener inherited;
    ::fcntl(inherited.socket.get(), F_SETFD, 0);
    world.up();
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(world.stack.state)) {
        CAPTURE(entry.path().string());
        CHECK((entry.symlink_status().permissions() & others) == std::filesystem::perms::none);
    }
    const auto folder = "/proc/" + std::to_string(world.supervisor());
    CHECK(std::filesystem::read_symlink(folder + "/fd/0") == "/dev/null");
    CHECK(std::filesystem::read_symlink(folder + "/cwd") == "/");
    struct stat ours {};
    ::fstat(inherited.socket.get(), &ours);
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/fd")) {
        struct stat theirs {};
        if (::stat(entry.path().c_str(), &theirs) == 0) CHECK(theirs.st_ino != ours.st_ino);
    }
}

TEST_CASE("the supervisor answers nonsense and outlives it")
{
    World world;
    world.add("app", "exec sleep 1000");
    world.up();
    const auto answer = [&](const api::Json& question) {
        return runtime::ask(world.stack.state, question, std::chrono::seconds(5));
    };
    CHECK(answer(api::Json::object({{"op", "dance"}})).has("error"));
    CHECK_THROWS_AS(answer(api::Json(std::string(100'000, 'x'))), Error);
    CHECK(world.service("app").state == State::running);
}

TEST_CASE("a socket in a folder with a very long name works")
{
    World world;
    for (int depth = 0; depth < 6; ++depth) world.stack.state /= std::string(40, 'a');
    make_private_folder(world.stack.state);
    world.add("app", "exec sleep 1000");
    world.up();
    CHECK(world.service("app").state == State::running);
}

TEST_CASE("control groups are removed with the stack, those of a killed supervisor too")
{
    World world;
    world.add("app", "exec sleep 1000");
    const auto groups = [&] {
        std::vector<std::string> found;
        for (const auto& place : runtime::find_group_places().places)
            for (const auto& entry : std::filesystem::directory_iterator(place.folder))
                if (const auto name = entry.path().filename().string();
                    name.starts_with("skerry-" + world.stack.id))
                    found.push_back(name);
        return found;
    };
    world.up();
    CHECK(groups().size() == runtime::find_group_places().places.size());
    ::kill(world.supervisor(), SIGKILL);
    REQUIRE(eventually([&] { return world.runtime->ps(world.stack.state).empty(); }));
    world.stop();
    CHECK(groups().empty());
}

TEST_CASE("the log tells who wrote what, in whole and clean lines")
{
    World world;
    world.add("app",
              R"(printf '\033[31mred\033[0m\n\377\n'; printf 'no newline at the end'; exec sleep 1000)");
    world.add("agent", "echo to stderr >&2; exit 5");
    world.up();
    CHECK(world.logs("[app] red\n[app] \xEF\xBF\xBD\n"));
    CHECK(world.logs("[agent] to stderr\n"));
    world.stop();
    CHECK(world.logs("[app] no newline at the end\n"));
    CHECK(world.logs("[host] starting app: sh -c "));
}
