#include "integration/runtime/docker/own_engine.hpp"
#include "integration/runtime/docker/sleeper.hpp"

#include <fstream>

/// Engines that have run out of something: it is told what, and the start works when there is some again.

using namespace skerry;
using namespace skerry::test;

namespace {

bool tells(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/// Takes all the space there is, as long as it lives.
struct Filler {
    std::filesystem::path file;
    explicit Filler(const std::filesystem::path& folder) : file(folder / "filler")
    {
        std::ofstream output(file, std::ios::binary);
        const std::string zeros(4096, '\0');
        while (output << zeros << std::flush) {
        }
    }
    Filler(const Filler&) = delete;
    Filler& operator=(const Filler&) = delete;
    ~Filler() { std::filesystem::remove(file); }
};

} // namespace

TEST_CASE("a full disk: said so, what runs can be ended, and the start works when there is space" *
          skip_without_own_engine())
{
    const OwnEngine own({.disk_megabytes = 64});
    const EngineInUse in_use(own);
    Sleeper world;
    for (const bool runs : {false, true}) {
        CAPTURE(runs);
        if (runs) world.check_that_it_starts();
        {
            const Filler filler(own.data());
            if (runs) world.stop();
            if (runs) world.stack.services[0].environment.emplace_back("NEW", "1");
            const auto refusal = refusal_of(world);
            CHECK(tells(refusal, "unavailable: Docker cannot start the services: the disk is full"));
            CHECK(tells(refusal, "free some space"));
            CHECK(world.runtime->ps(world.stack.state).empty());
        }
        world.check_that_it_starts();
        world.stop();
    }
}

TEST_CASE("no more addresses for the networks of an override" * skip_without_own_engine())
{
    const OwnEngine own({.address_pool = "base=10.99.0.0/25,size=26"});
    const EngineInUse in_use(own);
    Sleeper world;
    approve(world, "services: {app: {networks: [default, one, two, three]}}\n"
                   "networks: {one: {}, two: {}, three: {}}\n");
    const auto refusal = refusal_of(world);
    CHECK(tells(refusal, "unavailable: Docker has no more addresses for networks"));
    CHECK(tells(refusal, "--default-address-pool"));
    CHECK(world.runtime->ps(world.stack.state).empty());
    approve(world, "services: {app: {networks: [default, one]}}\nnetworks: {one: {}}\n");
    world.check_that_it_starts();
}

TEST_CASE("no more addresses for the networks of projects" * skip_without_own_engine())
{
    const OwnEngine own({});
    const EngineInUse in_use(own);
    own.docker({"network", "create", "--subnet=10.201.0.0/16", "first"});
    own.docker({"network", "create", "--subnet=172.31.0.0/16", "second"});
    Sleeper world;
    const auto refusal = refusal_of(world);
    CHECK(tells(refusal,
                "unavailable: no addresses are left for the project's network: all of 10.201.0.0/16 and "
                "172.31.0.0/16 are taken"));
    CHECK(tells(refusal, "docker network prune"));
    own.docker({"network", "rm", "second"});
    world.check_that_it_starts();
}
