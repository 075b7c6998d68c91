#include "integration/runtime/docker/world.hpp"
#include "integration/runtime/world.hpp"
#include "runtime/docker/engine_exec.hpp"

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <thread>

using namespace skerry;
using namespace skerry::runtime::docker;
using namespace skerry::test;

namespace {

std::vector<OutputLine> lines_of(const Engine& engine, const std::string& id, const LogQuery& query = {})
{
    std::vector<OutputLine> lines;
    engine.logs(id, query, [&](OutputLine line) {
        lines.push_back(std::move(line));
        return true;
    });
    return lines;
}

/// All that a command in a container wrote, both outputs, and its exit code.
struct Outcome {
    std::string out{};
    std::string errors{};
    int code = 0;
};

Outcome outcome_of(const Engine& engine, const std::string& id, const ExecOrder& order,
                   std::string_view input = {})
{
    Outcome outcome;
    Exec exec(engine, id, order, {});
    if (order.input) {
        exec.write(input);
        exec.end_input();
    }
    while (exec.read([&](Output output, std::string_view bytes) {
        (output == Output::out ? outcome.out : outcome.errors).append(bytes);
    })) {
    }
    outcome.code = exec.exit_code();
    return outcome;
}

void wait_for_state(const Engine& engine, const std::string& id, ContainerState state)
{
    REQUIRE(eventually([&] { return engine.container(id).state == state; }));
}

} // namespace

TEST_CASE("the engine says its version" * skip_without_engine())
{
    const auto version = Engine().version();
    CHECK_FALSE(version.engine.empty());
    CHECK(version.api.starts_with("1."));
}

TEST_CASE("containers are found by their label, running or not" * skip_without_engine())
{
    const Containers world;
    const auto lasting = world.run("sleep 100", {"--label=role=lasting"});
    const auto brief = world.run("exit 3");
    wait_for_state(world.engine, brief, ContainerState::exited);

    const auto found = world.engine.containers(world.wanted());
    REQUIRE(found.size() == 2);
    const auto one = std::find_if(found.begin(), found.end(), [&](const auto& c) { return c.id == lasting; });
    REQUIRE(one != found.end());
    CHECK(one->state == ContainerState::running);
    CHECK(one->label("role") == "lasting");
    CHECK(one->image == world.image);
    CHECK_FALSE(one->bytes);
    CHECK(world.engine.containers(world.wanted(), {}, true).front().bytes);
    CHECK(world.engine.containers({{"skerry.test", "nobody"}}).empty());

    const auto details = world.engine.container(brief);
    CHECK(details.exit_code == 3);
    CHECK(details.health == Health::none);
    CHECK(details.started > 0);
    CHECK(details.finished > 0);
    CHECK(details.labels.at("skerry.test") == world.label);
}

TEST_CASE("what is not there is not found" * skip_without_engine())
{
    const Engine engine;
    CHECK_FALSE(engine.find_container("skerry-nobody"));
    CHECK_FALSE(engine.find_image("skerry-test/nothing:1"));
    try {
        const auto found = engine.container("skerry-nobody");
        FAIL("found " << found.id);
    } catch (const Error& fault) {
        CHECK(fault.code() == Code::not_found);
        CHECK(std::string(fault.what()) == "No such container: skerry-nobody");
    }
    engine.remove_container("skerry-nobody");
    engine.remove_network("skerry-nobody");
    engine.remove_volume("skerry-nobody");
}

TEST_CASE("images, networks and volumes are found and removed" * skip_without_engine())
{
    const Containers world;
    const auto image = world.engine.find_image(world.image);
    REQUIRE(image);
    CHECK(image->bytes > 0);
    CHECK(image->tags.front() == world.image);

    const auto network = docker({"network", "create", world.label_option(), world.label});
    const auto volume = docker({"volume", "create", world.label_option(), world.label});
    const auto user = world.run("head -c 100000 /dev/zero > /data/file; sleep 100",
                                {"--volume=" + world.label + ":/data", "--network=" + world.label});
    REQUIRE(world.engine.networks(world.wanted()).size() == 1);
    CHECK(world.engine.networks(world.wanted()).front().id == network);
    REQUIRE(world.engine.volumes(world.wanted()).size() == 1);
    CHECK(world.engine.volumes(world.wanted()).front().name == volume);
    CHECK(eventually([&] {
        const auto volumes = world.engine.volumes_with_sizes(world.wanted());
        return volumes.size() == 1 && volumes.front().bytes.value_or(0) >= 100'000;
    }));

    const auto code_of = [](const auto& call) {
        try {
            call();
        } catch (const Error& fault) {
            return fault.code();
        }
        return Code::internal;
    };
    CHECK(code_of([&] { world.engine.remove_network(network); }) == Code::conflict);
    CHECK(code_of([&] { world.engine.remove_volume(volume); }) == Code::conflict);
    world.engine.remove_container(user);
    world.engine.remove_network(network);
    world.engine.remove_volume(volume);
    CHECK(world.engine.networks(world.wanted()).empty());
    CHECK(world.engine.volumes(world.wanted()).empty());
}

TEST_CASE("containers are stopped, started and killed" * skip_without_engine())
{
    const Containers world;
    const auto id = world.run("sleep 100");
    world.engine.stop(id, 10);
    CHECK(world.engine.container(id).exit_code == 143);
    world.engine.stop(id, 10);
    world.engine.start(id);
    CHECK(world.engine.container(id).state == ContainerState::running);
    world.engine.start(id);
    world.engine.kill(id);
    wait_for_state(world.engine, id, ContainerState::exited);
    CHECK(world.engine.container(id).exit_code == 137);
    world.engine.kill(id);
}

TEST_CASE("lines of both outputs come whole and in order, and again from any moment on" *
          skip_without_engine())
{
    const Containers world;
    const auto id = world.run("for n in $(seq 500); do echo line $n; done; echo wrong >&2; printf unended; "
                              "head -c 40000 /dev/zero | cat -v | head -c 40000");
    wait_for_state(world.engine, id, ContainerState::exited);
    const auto lines = lines_of(world.engine, id);
    REQUIRE(lines.size() == 502);

    std::vector<std::string> out;
    std::vector<std::string> errors;
    for (const auto& line : lines) (line.output == Output::out ? out : errors).push_back(line.text);
    REQUIRE(out.size() == 501);
    for (std::size_t n = 0; n < 500; ++n) CHECK(out[n] == "line " + std::to_string(n + 1));
    CHECK(out[500].starts_with("unended^@^@"));
    CHECK(errors == std::vector<std::string>{"wrong"});

    CHECK(lines_of(world.engine, id, {.since = lines[250].time}).size() == 252);
    CHECK(lines_of(world.engine, id, {.since = lines[250].time + 1}).front().text == lines[251].text);
    CHECK(lines_of(world.engine, id, {.tail = 3}).size() <= 3);
}

TEST_CASE("lines are followed until the container ends, or one is enough" * skip_without_engine())
{
    const Containers world;
    const auto id = world.run("cat; echo end", {"--interactive"});
    std::stop_source stop;
    std::vector<std::string> seen;
    // It waits for input that never comes; a stop ends the wait at once.
    std::jthread soon([&] { stop.request_stop(); });
    CHECK_THROWS_AS(world.engine.logs(
                        id, {.follow = true}, [](const OutputLine&) { return true; }, stop.get_token()),
                    Error);

    const auto counting = world.run("n=0; while :; do n=$((n+1)); echo $n; sleep 0.02; done");
    world.engine.logs(counting, {.follow = true}, [&](const OutputLine& line) {
        seen.push_back(line.text);
        return seen.size() < 5;
    });
    CHECK(seen == std::vector<std::string>{"1", "2", "3", "4", "5"});

    bool ended = false;
    world.engine.logs(world.run("echo one"), {.follow = true}, [&](const OutputLine& line) {
        ended = line.text == "one";
        return true;
    });
    CHECK(ended);
}

TEST_CASE("an end is an event, with the exit code" * skip_without_engine())
{
    const Containers world;
    std::vector<std::string> actions;
    std::string code;
    std::jthread run;
    world.engine.events(
        world.wanted(),
        [&](const EngineEvent& event) {
            actions.push_back(event.action);
            if (event.action != "die") return true;
            code = event.attributes.at("exitCode");
            CHECK(event.attributes.at("skerry.test") == world.label);
            CHECK(event.time > 0);
            return false;
        },
        {}, [&] { run = std::jthread([&] { (void)world.run("exit 7"); }); });
    CHECK(code == "7");
    CHECK(std::find(actions.begin(), actions.end(), "start") != actions.end());
}

TEST_CASE("what a container uses is told" * skip_without_engine())
{
    const Containers world;
    const auto id = world.run("while :; do :; done", {"--memory=64m", "--cpus=0.5"});
    std::vector<Usage> seen;
    world.engine.stats(id, [&](const Usage& usage) {
        seen.push_back(usage);
        return seen.size() < 3;
    });
    REQUIRE(seen.size() == 3);
    CHECK(seen.back().memory > 0);
    CHECK(seen.back().memory_limit == 64U << 20U);
    CHECK(seen.back().processes >= 2);
    CHECK(seen.back().cpu > 0);
}

TEST_CASE("a command in a container has its own environment, folder, outputs and exit code" *
          skip_without_engine())
{
    const Containers world;
    const auto id = world.run("sleep 100");
    const auto outcome = outcome_of(world.engine, id,
                                    {.command = {"sh", "-c", "echo $WORD; pwd; id -u; echo bad >&2; exit 5"},
                                     .environment = {{"WORD", "a b"}},
                                     .folder = "/etc",
                                     .user = "1234:1234"});
    CHECK(outcome.out == "a b\n/etc\n1234\n");
    CHECK(outcome.errors == "bad\n");
    CHECK(outcome.code == 5);

    std::string much(300'000, 'x');
    const auto echoed = outcome_of(world.engine, id, {.command = {"cat"}, .input = true}, much);
    CHECK(echoed.out == much);
    CHECK(echoed.code == 0);
    CHECK(outcome_of(world.engine, id, {.command = {"nothing-like-it"}}).code >= 126);
}

TEST_CASE("a command may have a terminal with a size" * skip_without_engine())
{
    const Containers world;
    const auto id = world.run("sleep 100");
    std::string said;
    Exec exec(world.engine, id,
              {.command = {"sh", "-c", "read go; stty size"},
               .input = true,
               .terminal = true,
               .columns = 80,
               .rows = 24},
              {});
    exec.resize(123, 45);
    exec.write("go\n");
    while (exec.read([&](Output, std::string_view bytes) { said.append(bytes); })) {
    }
    CHECK(said.find("45 123") != std::string::npos);
    CHECK(exec.exit_code() == 0);
}

TEST_CASE("a command in a container can be ended with all it started" * skip_without_engine())
{
    const Containers world;
    const auto id = world.run("sleep 100");
    Exec exec(world.engine, id, {.command = {"sh", "-c", "sleep 999 & echo begun; wait"}}, {});
    std::string said;
    while (said.find("begun") == std::string::npos)
        REQUIRE(exec.read([&](Output, std::string_view bytes) { said.append(bytes); }));
    exec.kill();
    while (exec.read([](Output, std::string_view) {})) {
    }
    CHECK(exec.exit_code() == 137);
    CHECK(docker({"top", id, "-eo", "pid,args"}).find("sleep 999") == std::string::npos);
}

TEST_CASE("a command needs a container that runs" * skip_without_engine())
{
    const Containers world;
    const auto id = world.run("exit 0");
    wait_for_state(world.engine, id, ContainerState::exited);
    try {
        const Exec exec(world.engine, id, {.command = {"true"}}, {});
        FAIL("it ran");
    } catch (const Error& fault) {
        CHECK(fault.code() == Code::conflict);
        CHECK(std::string(fault.what()).find("is not running") != std::string::npos);
    }
}
