#include "runtime/control_group.hpp"
#include "runtime/docker/engine.hpp"
#include "runtime/docker/engine_watch.hpp"
#include "runtime/world.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"
#include "util/file_lock.hpp"
#include "util/port.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <future>
#include <iostream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>

/// What every runtime has to do: one table, run over all of them. A runtime is correct when this says so.

using namespace skerry;
using runtime::State;
using test::eventually;
using test::World;

namespace {

/// Why Docker's part cannot be run here; empty when it can.
const std::string& why_no_docker()
{
    static const std::string reason = []() -> std::string {
        try {
            (void)runtime::docker::Engine().version();
            return "";
        } catch (const Error& fault) {
            std::cerr << "the behaviour of the docker runtime: skipped: " << fault.what() << "\n";
            return fault.what();
        }
    }();
    return reason;
}

std::vector<std::string> runtimes()
{
    std::vector<std::string> names{"sandbox", "host"};
    if (why_no_docker().empty()) names.emplace_back("docker");
    return names;
}

/// A script that holds a lock while it or anything that it has started lives.
constexpr const char* holding_a_lock = "exec 9>held; flock 9; ";

bool is_held(const World& world)
{
    return FileLock::is_held(world.stack.folder / "held");
}

/// Listens on a free port of 127.0.0.1.
struct Listener {
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    int port = 0;
    explicit Listener(int first = 15'400)
    {
        for (port = first; port < first + 200; ++port) {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(static_cast<std::uint16_t>(port));
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) break;
        }
        REQUIRE(::listen(socket.get(), 1) == 0);
    }
};

std::string output_of_exec(World& world, const runtime::Service& service, int expected = 0)
{
    std::string output;
    const auto ending = world.runtime->exec(
        world.stack, service, [&](std::string_view line) { output.append(line).push_back('\n'); });
    CHECK(ending.code == expected);
    return output;
}

runtime::Service command(const World& world, const std::string& name, const std::string& script)
{
    runtime::Service service{.name = name, .command = {"sh", "-c", script}};
    if (world.in_containers) world.put_into_container(service);
    return service;
}

/// What `serve` and workers do for as long as they live: what containers write comes into the project's log.
/// The supervisor of the other runtimes does that itself.
class Watch {
public:
    explicit Watch(World& world)
    {
        if (!world.in_containers) return;
        world.stack.instance = world.stack.id;
        watch_ = std::make_unique<EngineWatch>(
            engine_, world.stack.instance,
            runtime::docker::WatchListener{
                .state_of = [state = world.stack.state](const std::string&) { return std::optional(state); },
                .news = {},
                .connected = {},
                .lost = {},
                .beat = {}});
        thread_ = std::jthread([this](std::stop_token stop) { watch_->run(std::move(stop)); });
    }

private:
    using EngineWatch = runtime::docker::EngineWatch;
    runtime::docker::Engine engine_;
    std::unique_ptr<EngineWatch> watch_;
    std::jthread thread_;
};

std::vector<std::string> lines_of(const World& world, const std::string& service)
{
    return runtime::tail(world.log_file(), 1'000'000, service);
}

/// Outside of containers the limit is one of control groups, where the test may make some; else one of the
/// user's, which the kernel does not hold against root.
bool limits_processes(const std::string& runtime)
{
    const auto places = runtime::find_group_places().places;
    return runtime == "docker" || (runtime == "sandbox" && ::geteuid() != 0) ||
           std::any_of(places.begin(), places.end(), [](const auto& place) { return place.processes; });
}

} // namespace

TEST_CASE("behaviour: services run, are reported, and nothing of them is left after stop")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        world.add("app", std::string(holding_a_lock) + "sleep 1000 & setsid sleep 1000 & exec sleep 1000");
        world.add("agent", "exec sleep 1000");
        world.up();
        const auto services = world.runtime->ps(world.stack.state);
        REQUIRE(services.size() == 2);
        CHECK(services[0].name == "app");
        CHECK(services[1].name == "agent");
        for (const auto& service : services) {
            CHECK(service.state == State::running);
            CHECK(service.pid > 0);
            CHECK(service.restarts == 0);
            CHECK(service.since > 0);
        }
        CHECK(eventually([&] { return is_held(world); }));
        world.stop();
        CHECK(world.runtime->ps(world.stack.state).empty());
        CHECK_FALSE(is_held(world));
        for (const auto& service : services) CHECK_FALSE(test::is_alive(service.pid));
        world.stop(); // a second time is fine
    }
}

TEST_CASE("behaviour: up twice, also at once, is one start; another description replaces the services")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        world.add("app", "echo run >>runs; exec sleep 1000");
        auto first = std::async(std::launch::async, [&] { world.up(); });
        auto second = std::async(std::launch::async, [&] { world.up(); });
        first.get();
        second.get();
        const auto app = world.service("app").pid;
        world.up();
        CHECK(world.service("app").pid == app);
        CHECK_FALSE(world.runtime->runs_other(world.stack));

        world.stack.services[0].environment.emplace_back("NEW", "1");
        CHECK(world.runtime->runs_other(world.stack));
        world.up();
        CHECK_FALSE(world.runtime->runs_other(world.stack));
        CHECK_FALSE(test::is_alive(app));
        CHECK(eventually([&] { return read_file(world.stack.folder / "runs") == "run\nrun\n"; }));
    }
}

TEST_CASE("behaviour: stop keeps what the services wrote, and up goes on with it")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        world
            .add("agent",
                 "echo run >>$HOME/runs; cat $HOME/runs >seen.new; mv seen.new seen; exec sleep 1000")
            .own_state = true;
        world.up();
        CHECK(eventually([&] { return read_file_if_any(world.stack.folder / "seen") == "run\n"; }));
        world.stop();
        world.up();
        CHECK(eventually([&] { return read_file_if_any(world.stack.folder / "seen") == "run\nrun\n"; }));
        CHECK(read_file(world.stack.state / "agent" / "runs") == "run\nrun\n");
    }
}

TEST_CASE("behaviour: a service that crashes is started again, later each time, and counted")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        world.add("app", "echo run >>runs; [ $(wc -l <runs) -ge 3 ] && exec sleep 1000; exit 3");
        world.add("agent", "exec sleep 1000");
        world.up();
        const auto agent = world.service("agent").pid;
        CHECK(eventually([&] {
            const auto app = world.service("app");
            return app.restarts == 2 && app.state == State::running;
        }));
        CHECK(eventually([&] { return read_file(world.stack.folder / "runs") == "run\nrun\nrun\n"; }));
        CHECK(world.service("agent").pid == agent); // the others go on
    }
}

TEST_CASE("behaviour: a service that is killed is started again, without what it had started")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        world.add("app", "echo run >>runs; [ $(wc -l <runs) -ge 2 ] && exec sleep 1000; " +
                             std::string(holding_a_lock) + "setsid sleep 1000 & kill -9 $$");
        world.up();
        CHECK(eventually([&] { return world.service("app").restarts == 1; }));
        CHECK(eventually([&] { return !is_held(world); }));
    }
}

TEST_CASE("behaviour: a service that obeys TERM may finish its work; one that does not is killed")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        world.add("app", "trap 'echo saved >saved; exit 0' TERM; echo >ready; while :; do sleep 0.1; done");
        world.add("agent", std::string(holding_a_lock) +
                               "trap '' TERM; setsid sh -c \"trap '' TERM; while :; do sleep 1; done\" & "
                               "echo >deaf; while :; do sleep 1; done");
        world.up();
        CHECK(eventually([&] {
            return std::filesystem::exists(world.stack.folder / "ready") &&
                   std::filesystem::exists(world.stack.folder / "deaf");
        }));
        world.stop();
        CHECK(read_file_if_any(world.stack.folder / "saved") == "saved\n");
        CHECK_FALSE(is_held(world));
    }
}

TEST_CASE("behaviour: a port that is taken is a conflict that names it, and nothing runs")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        const Listener listener;
        world.add("app", "exec sleep 1000").port = listener.port;
        world.add("agent", "exec sleep 1000");
        try {
            world.up();
            FAIL("it started");
        } catch (const Error& error) {
            CHECK(error.code() == Code::conflict);
            const std::string words = error.what();
            CHECK(words.starts_with("address already in use"));
            CHECK(words.find(std::to_string(listener.port)) != std::string::npos);
        }
        CHECK(world.runtime->ps(world.stack.state).empty());
        world.stack.services[0].port = 0;
        world.up(); // another port, and it starts
        CHECK(world.service("app").state == State::running);
    }
}

TEST_CASE("behaviour: a service is reached at its port of this machine, and by the other services")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        const int port = Listener(15'700).port;
        const auto number = std::to_string(port);
        world
            .add("app", "echo 'it is me' >index.html; exec python3 -m http.server --bind " +
                            runtime::listening_address(name) + " " + number)
            .port = port;
        world.add("agent", "until python3 -c \"import urllib.request as r; "
                           "print(r.urlopen('http://" +
                               runtime::host_of(name, "app") + ":" + number +
                               "/').read().decode())\" >got.new 2>&1; do sleep 0.1; done; "
                               "mv got.new got; exec sleep 1000");
        world.up();
        CHECK(eventually([&] { return read_file_if_any(world.stack.folder / "got") == "it is me\n\n"; }));
        CHECK_FALSE(port_is_free(port));
        world.stop();
        CHECK(eventually([&] { return port_is_free(port); }));
    }
}

TEST_CASE("behaviour: a command runs where a service would, beside it and without it")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        auto& app = world.add("app", "exec sleep 1000");
        app.environment.emplace_back("GREETING", "hello");
        auto asked = command(world, "app", "pwd; echo $GREETING; cat page; exit 7");
        asked.environment = app.environment;
        write_file(world.stack.folder / "page", "of the project\n");
        const auto expected = world.stack.folder.string() + "\nhello\nof the project\n";
        CHECK(output_of_exec(world, asked, 7) == expected);
        world.up();
        CHECK(output_of_exec(world, asked, 7) == expected);
        CHECK(world.service("app").state == State::running);
        auto git = command(world, "git", "echo $WHO >made; cat made; ls -A $HOME");
        git.environment.emplace_back("WHO", "me");
        git.container.beside = "app";
        CHECK(output_of_exec(world, git).starts_with("me\n"));
        CHECK(read_file(world.stack.folder / "made") == "me\n");
    }
}

TEST_CASE("behaviour: a command that takes too long, or is not wanted any more, is ended with all it started")
{
    for (const auto& name : runtimes()) {
        for (const bool beside : {false, true}) {
            CAPTURE(name);
            CAPTURE(beside);
            World world(name);
            world.add("app", "exec sleep 1000");
            if (beside) world.up();
            // On the host, where there is no fence, what has left its process group is out of reach.
            const std::string other = name == "host" ? "sleep 1000 &" : "setsid sleep 1000 &";
            const auto forever = command(world, "app", holding_a_lock + other + " echo begun; sleep 1000");
            std::stop_source stop;
            const auto heard = [&](std::string_view line) {
                if (line == "begun") stop.request_stop();
            };
            try {
                world.runtime->exec(world.stack, forever, heard, stop.get_token());
                FAIL("it ended");
            } catch (const Error& error) {
                CHECK_MESSAGE(error.code() == Code::cancelled, error.what());
            }
            CHECK(eventually([&] { return !is_held(world); }));
            CHECK((!beside || world.service("app").state == State::running));
        }
    }
}

TEST_CASE(
    "behaviour: secrets of a service stand in no command line and no log, and its files are its owner's")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        world.add("app", "printenv PASSWORD >got.new; mv got.new got; exec sleep 1000")
            .environment.emplace_back("PASSWORD", "quite $ecret\nand \"more\"");
        world.up();
        CHECK(eventually(
            [&] { return read_file_if_any(world.stack.folder / "got") == "quite $ecret\nand \"more\"\n"; }));
        for (const auto& entry : std::filesystem::directory_iterator("/proc"))
            CHECK(test::text_of(entry.path() / "cmdline").find("quite $ecret") == std::string::npos);
        CHECK(world.log().find("ecret") == std::string::npos);
        const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(world.stack.state)) {
            CAPTURE(entry.path().string());
            CHECK((entry.symlink_status().permissions() & others) == std::filesystem::perms::none);
        }
    }
}

TEST_CASE("behaviour: a service has no capabilities and no way to get any")
{
    for (const auto& name : runtimes()) {
        if (name == "host") continue; // no fence, as its name says
        CAPTURE(name);
        World world(name);
        const auto answer = world.answer_to("grep -E '^(CapEff|CapPrm|NoNewPrivs)' /proc/self/status; "
                                            "touch /usr/probe /probe 2>/dev/null && echo wrote");
        for (const auto* line : {"CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "NoNewPrivs:\t1"})
            CHECK(answer.find(line) != std::string::npos);
        CHECK(answer.find("wrote") == std::string::npos);
    }
}

TEST_CASE("behaviour: one that takes more memory than it may is killed, and that is told")
{
    for (const auto& name : runtimes()) {
        if (name == "host") continue;
        CAPTURE(name);
        World world(name, {.memory = 128U << 20U});
        world.add("app", "python3 -c 'x = bytearray(512 << 20); import time; time.sleep(1000)'; "
                         "echo result $? >result.new; mv result.new result; exec sleep 1000");
        world.up();
        CHECK(eventually([&] { return std::filesystem::exists(world.stack.folder / "result"); }));
        CHECK(read_file(world.stack.folder / "result") == "result 137\n");
    }
}

TEST_CASE("behaviour: one that makes more processes than it may is refused, and the others live on")
{
    for (const auto& name : runtimes()) {
        if (!limits_processes(name)) continue;
        CAPTURE(name);
        World world(name, {.processes = 40});
        world.add("agent", "exec sleep 1000");
        write_file(world.stack.folder / "grow.py", "import os, subprocess, time\n"
                                                   "made = 0\n"
                                                   "try:\n"
                                                   "    while made < 100:\n"
                                                   "        subprocess.Popen(['sleep', '1000'])\n"
                                                   "        made += 1\n"
                                                   "    said = 'all were made'\n"
                                                   "except OSError as fault:\n"
                                                   "    said = fault.strerror\n"
                                                   "open('said.new', 'w').write(said)\n"
                                                   "os.rename('said.new', 'said')\n"
                                                   "time.sleep(1000)\n");
        world.add("app", "exec python3 grow.py");
        world.up();
        const auto agent = world.service("agent").pid;
        REQUIRE(eventually([&] { return std::filesystem::exists(world.stack.folder / "said"); }));
        CHECK(read_file(world.stack.folder / "said") == "Resource temporarily unavailable");
        CHECK(output_of_exec(world, command(world, "agent", "sleep 0 & wait; echo alive")) == "alive\n");
        CHECK(world.service("agent").pid == agent);
        CHECK(world.service("app").state == State::running);
    }
}

TEST_CASE("behaviour: what a service says comes into the log whole, once and in order, over its restarts too")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        const Watch watch(world);
        // Long lines, many at once, and a last one without an end; twice it crashes, once it is stopped.
        world.add("app", "run=$(($(cat runs 2>/dev/null || echo 0) + 1)); echo $run >runs\n"
                         "long=$(head -c 3000 /dev/zero | tr '\\0' x)\n"
                         "n=0; while [ $n -lt 300 ]; do n=$((n+1)); echo \"$run $n $long\"; done\n"
                         "printf \"$run ends\"\n"
                         "[ $run -lt 3 ] && exit 3\n"
                         "trap 'echo; echo \"$run stops\"; exit' TERM; exec 2>/dev/null\n"
                         "touch third; while :; do sleep 0.1; done");
        world.up();
        REQUIRE(eventually([&] { return std::filesystem::exists(world.stack.folder / "third"); }));
        world.stop();
        world.up();
        std::vector<std::string> expected;
        for (int run = 1; run <= 4; ++run) {
            const auto begin = "[app] " + std::to_string(run) + " ";
            for (int n = 1; n <= 300; ++n)
                expected.push_back(begin + std::to_string(n) + " " + std::string(3000, 'x'));
            if (run < 4) expected.push_back(begin + "ends");
            if (run == 3) expected.push_back(begin + "stops");
        }
        CHECK(eventually([&] { return lines_of(world, "app").size() >= expected.size(); }));
        const auto found = lines_of(world, "app");
        const auto [wrong, wanted] =
            std::mismatch(found.begin(), found.end(), expected.begin(), expected.end());
        CHECK_MESSAGE(found == expected,
                      "line " << wrong - found.begin() << " of " << found.size() << " is "
                              << (wrong == found.end() ? "missing" : wrong->substr(0, 40)) << ", not "
                              << (wanted == expected.end() ? "there" : wanted->substr(0, 40)));
    }
}

TEST_CASE("behaviour: what remove leaves is the folders, and it may be called twice")
{
    for (const auto& name : runtimes()) {
        CAPTURE(name);
        World world(name);
        world.add("app", std::string(holding_a_lock) + "exec sleep 1000");
        world.up();
        for (int time = 0; time < 2; ++time) {
            world.runtime->remove(world.stack.state, [](std::string_view) {});
            CHECK(world.runtime->ps(world.stack.state).empty());
            CHECK_FALSE(is_held(world));
        }
        CHECK(std::filesystem::exists(world.stack.folder));
        if (world.in_containers)
            CHECK(runtime::docker::Engine().containers({{"skerry.project", world.stack.id}}).empty());
    }
}
