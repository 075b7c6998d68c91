#include "api/json.hpp"
#include "runtime/docker/shapes.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using namespace skerry::runtime::docker;

TEST_CASE("the engine's times are read to the nanosecond")
{
    CHECK(nanoseconds_in("1970-01-01T00:00:01.000000001Z") == 1'000'000'001);
    CHECK(nanoseconds_in("1970-01-01T00:00:01.5Z") == 1'500'000'000);
    CHECK(nanoseconds_in("1970-01-01T01:00:01+01:00") == 1'000'000'000);
    CHECK(nanoseconds_in("2026-11-29T01:02:33.292108466Z") == 1'795'914'153'292'108'466);
    for (const auto* const text : {"", "now", "0001-01-01T00:00:00Z", "2026-11-29", "2026-11-29T01:02:33.x1Z",
                                   "9999-12-31T23:59:59Z", "T", "2026-11-29T01:02:33"})
        CHECK_FALSE(nanoseconds_in(text));
}

TEST_CASE("the share of the processor is in cores, and memory without what can be given back")
{
    const auto usage = usage_of(api::Json::parse(R"({
        "cpu_stats": {"cpu_usage": {"total_usage": 3000}, "system_cpu_usage": 20000, "online_cpus": 2},
        "precpu_stats": {"cpu_usage": {"total_usage": 1000}, "system_cpu_usage": 16000},
        "memory_stats": {"usage": 1000, "limit": 5000, "stats": {"total_inactive_file": 300}},
        "pids_stats": {"current": 7},
        "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}, "eth1": {"rx_bytes": 10, "tx_bytes": 20}},
        "blkio_stats": {"io_service_bytes_recursive": [{"op": "Read", "value": 5}, {"op": "write", "value": 6},
                                                       {"op": "Sync", "value": 9}]}})"));
    CHECK(usage.cpu == doctest::Approx(1.0));
    CHECK(usage.memory == 700);
    CHECK(usage.memory_limit == 5000);
    CHECK(usage.processes == 7);
    CHECK(usage.received == 11);
    CHECK(usage.sent == 22);
    CHECK(usage.read == 5);
    CHECK(usage.written == 6);
    CHECK(usage_of(api::Json::parse("{}")).cpu == 0);
    CHECK(usage_of(api::Json::parse(R"({"memory_stats": {"usage": -5, "stats": 3}})")).memory == 0);
}

TEST_CASE("a container's description may be any JSON")
{
    CHECK_FALSE(container_of(api::Json::parse("[]")));
    CHECK_FALSE(container_of(api::Json::parse(R"({"Id": 7})")));
    const auto odd = container_of(api::Json::parse(
        R"({"Id": "a", "Name": 3, "State": "x", "Config": [], "RestartCount": 99999999999})"));
    REQUIRE(odd);
    CHECK(odd->state == ContainerState::dead);
    CHECK(odd->restarts == 1'000'000'000);
    const auto sound = container_of(api::Json::parse(
        R"({"Id": "a", "Name": "/app", "RestartCount": 2, "Config": {"Tty": true, "Labels": {"x": "y"}},
            "State": {"Status": "restarting", "ExitCode": 137, "OOMKilled": true, "Pid": 0,
                      "StartedAt": "1970-01-01T00:00:02Z", "FinishedAt": "0001-01-01T00:00:00Z",
                      "Health": {"Status": "unhealthy"}}})"));
    REQUIRE(sound);
    CHECK(sound->name == "app");
    CHECK(sound->state == ContainerState::restarting);
    CHECK(sound->health == Health::unhealthy);
    CHECK(sound->out_of_memory);
    CHECK(sound->started == 2000);
    CHECK(sound->finished == 0);
    CHECK(sound->labels.at("x") == "y");
}
