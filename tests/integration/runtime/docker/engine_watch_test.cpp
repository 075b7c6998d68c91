#include "integration/runtime/docker/own_engine.hpp"
#include "runtime/docker/engine_watch.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

using namespace skerry;
using namespace skerry::runtime::docker;
using namespace skerry::test;

namespace {

/// A stack whose one container says numbers on both outputs, faster than one can look.
constexpr auto counting = "n=0; while [ $n -lt 4000 ]; do n=$((n+1)); echo out $n; echo err $n >&2; "
                          "[ $((n % 50)) = 0 ] && sleep 0.01; done; sleep 1000";

struct Stack {
    std::string instance = "test-" + random_id();
    std::string id = "stack-" + random_id();
    TemporaryFolder folder;

    Stack()
    {
        make_private_folder(folder.path() / "logs");
        make_private_folder(folder.path() / "docker");
    }
    [[nodiscard]] std::vector<std::string> options(std::vector<std::string> more = {}) const
    {
        std::vector<std::string> all{"run",
                                     "--detach",
                                     "--init",
                                     "--network=none",
                                     "--label=skerry.instance=" + instance,
                                     "--label=skerry.project=" + id,
                                     "--label=skerry.service=app",
                                     "--label=com.docker.compose.project=" + id};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] std::vector<std::string> log() const
    {
        return runtime::tail(runtime::log_file(folder.path()), 1'000'000, "app");
    }
    /// The numbers that one output has said so far.
    [[nodiscard]] std::vector<int> numbers(const std::string& output) const
    {
        const auto begin = "[app] " + output + " ";
        std::vector<int> found;
        for (const auto& line : log())
            if (line.starts_with(begin)) found.push_back(std::stoi(line.substr(begin.size())));
        return found;
    }
};

std::vector<int> up_to(int last, int times = 1)
{
    std::vector<int> all;
    for (int time = 0; time < times; ++time)
        for (int n = 1; n <= last; ++n) all.push_back(n);
    return all;
}

/// A watch on a thread of its own.
class Watching {
public:
    Watching(const Engine& engine, const Stack& stack)
        : watch_(engine, stack.instance,
                 {.state_of =
                      [&stack](const std::string& id) {
                          return id == stack.id ? std::optional(stack.folder.path()) : std::nullopt;
                      },
                  .news =
                      [this](const ServiceNews& news) {
                          note(std::string(name_of(news.what)) + (news.what == ServiceNews::What::ended
                                                                      ? " " + std::to_string(news.exit_code)
                                                                      : ""));
                      },
                  .connected = [this] { note("connected"); },
                  .lost = [this](const std::string&) { note("lost"); },
                  .beat = {}}),
          thread_([this](std::stop_token stop) { watch_.run(std::move(stop)); })
    {
        CHECK(saw("connected"));
    }
    [[nodiscard]] bool saw(const std::string& what, int times = 1) const
    {
        return eventually([&] {
            const std::lock_guard guard(mutex_);
            return std::count(seen_.begin(), seen_.end(), what) >= times;
        });
    }

private:
    void note(const std::string& what)
    {
        const std::lock_guard guard(mutex_);
        seen_.push_back(what);
    }

    mutable std::mutex mutex_;
    std::vector<std::string> seen_;
    EngineWatch watch_;
    std::jthread thread_;
};

} // namespace

TEST_CASE("each line comes into the log once, over restarts of the watch and of the container" *
          skip_without_engine())
{
    const Containers world;
    const Stack stack;
    auto command = stack.options({world.label_option(), world.image, "sh", "-c", counting});
    const auto id = docker(command);
    for (const int enough : {500, 1500, 2500}) {
        const Watching watching(world.engine, stack);
        REQUIRE(eventually([&] { return stack.numbers("out").size() >= std::size_t(enough); }));
    }
    {
        const Watching watching(world.engine, stack);
        REQUIRE(eventually([&] { return stack.numbers("err").size() >= 4000; }));
        world.engine.kill(id);
        REQUIRE(eventually([&] { return world.engine.container(id).state == ContainerState::exited; }));
        world.engine.start(id);
        CHECK(watching.saw("ended 137"));
        CHECK(watching.saw("started"));
        REQUIRE(eventually(
            [&] { return stack.numbers("err").size() >= 8000 && stack.numbers("out").size() >= 8000; }));
    }
    CHECK(stack.numbers("out") == up_to(4000, 2));
    CHECK(stack.numbers("err") == up_to(4000, 2));
    EngineWatch(world.engine, stack.instance,
                {.state_of = [&](const std::string&) { return std::optional(stack.folder.path()); },
                 .news = {},
                 .connected = {},
                 .lost = {},
                 .beat = {}})
        .copy_once();
    CHECK(stack.log().size() == 16'000);
}

TEST_CASE("one that starts again before its last words have been read is followed on" * skip_without_engine())
{
    const Containers world;
    const Stack stack;
    const Watching watching(world.engine, stack);
    docker(stack.options({world.label_option(), "--restart=on-failure:2", world.image, "sh", "-c",
                          "seq -f 'out %.0f' 30000; exit 3"}));
    REQUIRE(eventually([&] { return stack.log().size() >= 90'000; }));
    CHECK(stack.numbers("out") == up_to(30'000, 3));
}

TEST_CASE("what was written while nobody watched is copied, also of a container that has ended" *
          skip_without_engine())
{
    const Containers world;
    const Stack stack;
    const auto id =
        docker(stack.options({world.label_option(), world.image, "sh", "-c", "seq 3000; exit 4"}));
    REQUIRE(eventually([&] { return world.engine.container(id).state == ContainerState::exited; }));
    EngineWatch watch(world.engine, stack.instance,
                      {.state_of = [&](const std::string&) { return std::optional(stack.folder.path()); },
                       .news = {},
                       .connected = {},
                       .lost = {},
                       .beat = {}});
    watch.copy_once(stack.id);
    watch.copy_once(stack.id);
    CHECK(stack.log().size() == 3000);
    const Watching watching(world.engine, stack);
    world.engine.remove_container(id);
    CHECK(watching.saw("removed"));
    CHECK(stack.log().size() == 3000);
}

TEST_CASE("ends, starts and a lack of memory are told" * skip_without_engine())
{
    const Containers world;
    const Stack stack;
    const Watching watching(world.engine, stack);
    // It fills its memory until the kernel ends it.
    docker(stack.options({world.label_option(), "--memory=16m", "--memory-swap=16m", "--restart=on-failure:1",
                          world.image, "sh", "-c", "x=0123456789; while :; do x=$x$x; done"}));
    CHECK(watching.saw("out_of_memory"));
    CHECK(watching.saw("ended 137", 2));
    CHECK(watching.saw("started", 2));
}

TEST_CASE("an engine that is killed costs no line and doubles none" * skip_without_own_engine())
{
    OwnEngine own({.live_restore = true});
    const Stack stack;
    auto command = stack.options({own.image, "sh", "-c", counting});
    const Watching watching(own.engine(), stack);
    own.docker(command);
    REQUIRE(eventually([&] { return stack.numbers("out").size() >= 500; }));
    own.kill();
    CHECK(watching.saw("lost"));
    own.start();
    CHECK(watching.saw("connected", 2));
    REQUIRE(eventually(
        [&] { return stack.numbers("out").size() >= 4000 && stack.numbers("err").size() >= 4000; }));
    CHECK(stack.numbers("out") == up_to(4000));
    CHECK(stack.numbers("err") == up_to(4000));
}
