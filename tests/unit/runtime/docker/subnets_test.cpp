#include "runtime/docker/subnets.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace skerry::runtime::docker;

TEST_CASE("a subnet is read and written; what is none is nothing")
{
    const auto subnet = parse_subnet("10.201.0.17/28");
    REQUIRE(subnet);
    CHECK(text_of(*subnet) == "10.201.0.16/28");
    for (const auto* text :
         {"", "10.201.0.0", "10.201.0/16", "10.201.0.256/16", "10.201.0.0/33", "fd00::/64", "a/b"})
        CHECK_FALSE(parse_subnet(text));
}

TEST_CASE("two overlap when one holds the other")
{
    const auto overlapping = [](const char* one, const char* other) {
        return overlap(*parse_subnet(one), *parse_subnet(other));
    };
    CHECK(overlapping("10.0.0.0/8", "10.201.0.16/28"));
    CHECK(overlapping("10.201.0.16/28", "10.0.0.0/8"));
    CHECK_FALSE(overlapping("10.201.0.16/28", "10.201.0.32/28"));
    CHECK(overlapping("0.0.0.0/0", "10.201.0.32/28"));
}

TEST_CASE("what the machine routes is known, its way to everybody else aside")
{
    const auto found =
        routed("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
               "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
               "tun0\t0000C90A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
               "nonsense\n");
    REQUIRE(found.size() == 1);
    CHECK(text_of(found[0]) == "10.201.0.0/16");
}

TEST_CASE("hundreds of projects get subnets that nobody else has")
{
    std::vector<Subnet> taken{*parse_subnet("10.201.0.0/18")};
    std::set<std::string> given;
    for (int number = 0; number < 600; ++number) {
        const auto subnet = free_subnet(taken, "project " + std::to_string(number));
        REQUIRE(subnet);
        CHECK(subnet->bits == 28);
        CHECK_FALSE(overlap(*subnet, taken.front()));
        CHECK(given.insert(text_of(*subnet)).second);
        taken.push_back(*subnet);
    }
    const auto beyond = free_subnet({*parse_subnet("10.201.0.0/16")}, "x");
    REQUIRE(beyond);
    CHECK(overlap(*beyond, *parse_subnet("172.31.0.0/16")));
    CHECK_FALSE(free_subnet({*parse_subnet("0.0.0.0/0")}, "x"));
}
