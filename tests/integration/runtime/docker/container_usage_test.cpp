#include "integration/runtime/docker/world.hpp"
#include "runtime/docker/container_usage.hpp"

using namespace skerry;
using namespace skerry::test;

TEST_CASE("what a stack's containers use is measured, also of those that are started later, until they end" *
          skip_without_engine())
{
    const Containers world;
    const auto stack = "stack-" + random_id();
    const auto run = [&](const std::string& service, const std::string& script) {
        return world.run(script, {"--network=none", "--memory=64m", "--label=skerry.project=" + stack,
                                  "--label=skerry.service=" + service});
    };
    const auto app = run("app", "while :; do :; done");
    runtime::docker::ContainerUsage meter(stack);
    auto usage = meter.next({});
    REQUIRE(usage.size() == 1);
    CHECK(usage.front().service == "app");
    CHECK(usage.front().cpu > 0);
    CHECK(usage.front().memory > 0);
    CHECK(usage.front().memory_limit == 64U << 20U);

    const auto agent = run("agent", "sleep 1000");
    CHECK(meter.next({}).size() == 2);
    world.engine.remove_container(app);
    // Its last measurement may still be on the way.
    meter.next({});
    usage = meter.next({});
    REQUIRE(usage.size() == 1);
    CHECK(usage.front().service == "agent");
    CHECK(usage.front().processes >= 1);
    world.engine.stop(agent, 0);
    meter.next({});
    CHECK(meter.next({}).empty());
}
