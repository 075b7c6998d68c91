#include "schedules/slots.hpp"
#include "util/error.hpp"

#include <array>
#include <cstdio>
#include <doctest/doctest.h>
#include <string>

namespace skerry::slots_test {

using namespace std::chrono;
using schedules::last_slots;
using schedules::next_slot;
using schedules::parse_cron;
using schedules::Timezone;

Time utc(int year_number, unsigned month_number, unsigned day_number, int hour = 0, int minute = 0)
{
    const auto day = sys_days(year(year_number) / month_number / day_number);
    return milliseconds((day + hours(hour) + minutes(minute)).time_since_epoch()).count();
}

/// "03-29 02:30 +1": the clock on the wall.
std::string wall(const Timezone& zone, Time slot)
{
    const sys_seconds time(seconds(slot / 1000));
    const auto offset = zone.stretch_at(time).offset;
    const auto day = floor<days>(time + offset);
    const year_month_day date(day);
    const hh_mm_ss clock(time + offset - day);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%02u-%02u %02d:%02d %+d", unsigned(date.month()),
                  unsigned(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(offset / hours(1)));
    return text.data();
}

std::vector<std::string> walls(const char* cron, const Timezone& zone, Time after, int count)
{
    std::vector<std::string> found;
    for (int i = 0; i < count; ++i) {
        after = next_slot(parse_cron(cron), zone, after).value();
        found.push_back(wall(zone, after));
    }
    return found;
}
using Walls = std::vector<std::string>;

std::vector<Time> year_of(const char* cron, const Timezone& zone, int year_number)
{
    std::vector<Time> found;
    Time after = utc(year_number, 1, 1) - 1;
    while (after < utc(year_number + 1, 1, 1)) {
        after = next_slot(parse_cron(cron), zone, after).value();
        found.push_back(after);
    }
    found.pop_back();
    return found;
}

TEST_CASE("an hour that the clocks skip has its slot right after the gap, once")
{
    const Timezone berlin("Europe/Berlin");
    CHECK(walls("30 2 * * *", berlin, utc(2026, 3, 27, 12), 4) ==
          Walls{"03-28 02:30 +1", "03-29 03:00 +2", "03-30 02:30 +2", "03-31 02:30 +2"});
    CHECK(walls("*/20 2,3 * * *", berlin, utc(2026, 3, 28, 23), 4) ==
          Walls{"03-29 03:00 +2", "03-29 03:20 +2", "03-29 03:40 +2", "03-30 02:00 +2"});
    const Timezone york("America/New_York");
    CHECK(walls("30 2 * * *", york, utc(2026, 3, 8), 2) == Walls{"03-08 03:00 -4", "03-09 02:30 -4"});
}

TEST_CASE("a time that comes twice when the clocks are set back counts once")
{
    const Timezone berlin("Europe/Berlin");
    CHECK(walls("30 2 * * *", berlin, utc(2026, 10, 24), 3) ==
          Walls{"10-24 02:30 +2", "10-25 02:30 +2", "10-26 02:30 +1"});
    CHECK(walls("0 3 * * *", berlin, utc(2026, 10, 24, 12), 1) == Walls{"10-25 03:00 +1"});
    // Asked in the second of the two hours.
    CHECK(walls("45 2 * * *", berlin, utc(2026, 10, 25, 1, 30), 1) == Walls{"10-26 02:45 +1"});
    const Timezone york("America/New_York");
    CHECK(walls("30 1 * * *", york, utc(2026, 11, 1), 2) == Walls{"11-01 01:30 -4", "11-02 01:30 -5"});
}

TEST_CASE("what runs in every hour runs in both of the hours that have one name")
{
    const Timezone berlin("Europe/Berlin");
    CHECK(walls("30 * * * *", berlin, utc(2026, 10, 24, 23), 4) ==
          Walls{"10-25 01:30 +2", "10-25 02:30 +2", "10-25 02:30 +1", "10-25 03:30 +1"});
    CHECK(walls("*/30 * * * *", berlin, utc(2026, 3, 29, 0, 20), 3) ==
          Walls{"03-29 01:30 +1", "03-29 03:00 +2", "03-29 03:30 +2"});
}

TEST_CASE("a year of slots is whole, in order and without twins, whatever the clocks do")
{
    for (const char* name : {"Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe"}) {
        CAPTURE(name);
        const Timezone zone(name);
        for (const char* daily : {"30 2 * * *", "0 3 * * *", "0 0 * * *", "15 1 * * *", "59 23 * * *"})
            CHECK(year_of(daily, zone, 2026).size() == 365);
        CHECK(year_of("0 12 29 2 *", zone, 2028).size() == 1);

        const auto hourly = year_of("0 * * * *", zone, 2026);
        const auto minutes_between = year_of("*/5 * * * *", zone, 2026);
        CHECK(minutes_between.size() == 365 * 24 * 12);
        CHECK(hourly.size() == 365 * 24);
        for (std::size_t i = 1; i < minutes_between.size(); ++i)
            if (minutes_between[i] - minutes_between[i - 1] != 300'000) FAIL("a gap at " << i);
    }
}

TEST_CASE("a slot that never comes is none")
{
    CHECK_FALSE(next_slot(parse_cron("0 0 31 2 *"), Timezone("UTC"), utc(2026, 1, 1)));
    CHECK(next_slot(parse_cron("0 0 29 2 *"), Timezone("UTC"), utc(2096, 3, 1)) == utc(2104, 2, 29));
}

TEST_CASE("slots before the first change of clocks, and at odd offsets")
{
    CHECK(next_slot(parse_cron("0 5 * * *"), Timezone("Asia/Kathmandu"), utc(2026, 1, 1)) ==
          utc(2026, 1, 1, 23, 15));
    CHECK(next_slot(parse_cron("@yearly"), Timezone("Etc/GMT+12"), utc(2026, 5, 1)) == utc(2027, 1, 1, 12));
}

TEST_CASE("the last slots of a long time are found without going through all")
{
    const Timezone zone("UTC");
    const auto every_minute = parse_cron("* * * * *");
    const auto last = last_slots(every_minute, zone, utc(2000, 1, 1), utc(2026, 1, 1), 3);
    CHECK(last == std::vector<Time>{utc(2025, 12, 31, 23, 58), utc(2025, 12, 31, 23, 59), utc(2026, 1, 1)});

    const auto daily = parse_cron("0 3 * * *");
    CHECK(last_slots(daily, zone, utc(2026, 1, 5), utc(2026, 1, 8), 100).size() == 3);
    CHECK(last_slots(daily, zone, utc(2026, 1, 5, 3), utc(2026, 1, 8, 3), 100).size() == 4);
    CHECK(last_slots(daily, zone, utc(2020, 1, 1), utc(2026, 1, 1), 100).size() == 100);
    CHECK(last_slots(parse_cron("@yearly"), zone, utc(2020, 2, 1), utc(2026, 2, 1), 1) ==
          std::vector<Time>{utc(2026, 1, 1)});
    CHECK(last_slots(daily, zone, utc(2026, 1, 5, 4), utc(2026, 1, 5, 5), 100).empty());
}

TEST_CASE("a time zone that is not there is named")
{
    CHECK_THROWS_WITH_AS(Timezone("Europe/Atlantis"), doctest::Contains("'Europe/Atlantis'"), Error);
    CHECK_THROWS_AS(Timezone("../../etc/passwd"), Error);
    CHECK_THROWS_AS(Timezone(""), Error);
    CHECK_NOTHROW(Timezone(schedules::local_timezone()));
}

} // namespace skerry::slots_test
