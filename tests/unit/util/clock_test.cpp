#include "util/clock.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>
#include <limits>

using namespace skerry;

TEST_CASE("a time is written as RFC 3339 has it")
{
    CHECK(rfc3339(0) == "1970-01-01T00:00:00.000Z");
    CHECK(rfc3339(1'795'372'824'123) == "2026-11-22T18:40:24.123Z");
    CHECK(rfc3339(951'782'400'007) == "2000-02-29T00:00:00.007Z");
    CHECK(rfc3339(-1) == "1969-12-31T23:59:59.999Z");
    CHECK(rfc3339(-1000) == "1969-12-31T23:59:59.000Z");
    CHECK(rfc3339(-1001) == "1969-12-31T23:59:58.999Z");
}

TEST_CASE("a time that no year of four digits can hold is brought inside")
{
    CHECK(rfc3339(std::numeric_limits<Time>::max()) == "9999-12-31T23:59:59.999Z");
    CHECK(rfc3339(253'402'300'800'000) == "9999-12-31T23:59:59.999Z");
    CHECK(rfc3339(std::numeric_limits<Time>::min()) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("how long something took is said in one unit")
{
    CHECK(for_people(0) == "0 ms");
    CHECK(for_people(999) == "999 ms");
    CHECK(for_people(1000) == "1 s");
    CHECK(for_people(119'999) == "119 s");
    CHECK(for_people(120'000) == "2 min");
    CHECK(for_people(2 * 3'600'000) == "2 h");
    CHECK(for_people(2 * 86'400'000) == "2 d");
}

TEST_CASE("durations are read with and without a unit")
{
    CHECK(parse_duration("90") == 90'000);
    CHECK(parse_duration("90s") == 90'000);
    CHECK(parse_duration("5m") == 300'000);
    CHECK(parse_duration("2h") == 7'200'000);
    CHECK(parse_duration("1d") == 86'400'000);
    CHECK(parse_duration("250ms") == 250);
    CHECK(parse_duration("0") == 0);
    CHECK(parse_duration("100000000ms") == 100'000'000);
    CHECK(parse_duration("3650d") == 3650LL * 86'400'000);
}

TEST_CASE("what is not a duration is refused")
{
    for (const char* wrong :
         {"", " ", "s", "-1s", "+1s", " 1s", "1s ", "1.5h", "1 s", "1x", "1S", "0x10", "1h30m", "3651d",
          "99999999999999999999", "9223372036854775807d", "315360001", "1e3"}) {
        CAPTURE(wrong);
        CHECK_THROWS_WITH_AS(parse_duration(wrong), doctest::Contains("is not a duration"), Error);
    }
    CHECK_THROWS_WITH_AS(parse_duration(std::string(1000, 'x')), doctest::Contains("…' is not a duration"),
                         Error);
}

TEST_CASE("the clocks go forward")
{
    CHECK(now() > 1'700'000'000'000);
    const auto before = monotonic_now();
    CHECK(monotonic_now() >= before);
}

TEST_CASE("a time is read as RFC 3339, as local time, or as the next time of day")
{
    CHECK(parse_time("2026-11-22T18:40:24.123Z") == 1'795'372'824'123);
    CHECK(parse_time("2026-11-22T20:40:24+02:00") == 1'795'372'824'000);
    CHECK(parse_time("2026-11-22 14:10:24-04:30") == 1'795'372'824'000);
    CHECK(parse_time(rfc3339(parse_time("2026-11-22 18:40"))) == parse_time("2026-11-22T18:40:00"));
    const auto present = now();
    const auto next = parse_time("03:00");
    CHECK(next > present);
    CHECK(next <= present + 26LL * 3600 * 1000);
}

TEST_CASE("what is no time is refused")
{
    for (const auto* text :
         {"", "now", "3:00", "24:00", "03:60", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22",
          "2026-11-22T18:40Zz", "2026-11-22T18:40:24.Z", "2026-11-22T18:40+2", "-2026-11-22T18:40Z",
          "2026-11-22T18:40:24Z x"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(parse_time(text), Error);
    }
}
