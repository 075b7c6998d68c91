#include "schedules/cron.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

namespace skerry::schedules_test {

using namespace std::chrono;
using schedules::first_match;
using schedules::parse_cron;

template <std::size_t Size> std::vector<int> members(const std::bitset<Size>& set)
{
    std::vector<int> found;
    for (std::size_t i = 0; i < Size; ++i)
        if (set[i]) found.push_back(static_cast<int>(i));
    return found;
}
using Numbers = std::vector<int>;

std::string refusal(std::string_view text)
{
    try {
        parse_cron(text);
    } catch (const Error& error) {
        CHECK(error.code() == Code::bad_request);
        CHECK_FALSE(error.hint().empty());
        REQUIRE(error.fields().size() == 1);
        CHECK(error.fields()[0].field == "cron");
        return error.what();
    }
    return "";
}

TEST_CASE("the fields of a cron expression hold numbers, lists, ranges and steps")
{
    const auto cron = parse_cron("5,10-12,40/10 */6 1,15 2-4 1-5");
    CHECK(members(cron.minutes) == Numbers{5, 10, 11, 12, 40, 50});
    CHECK(members(cron.hours) == Numbers{0, 6, 12, 18});
    CHECK(members(cron.days) == Numbers{1, 15});
    CHECK(members(cron.months) == Numbers{2, 3, 4});
    CHECK(members(cron.weekdays) == Numbers{1, 2, 3, 4, 5});
    CHECK(members(parse_cron("10-30/10 * * * *").minutes) == Numbers{10, 20, 30});
    CHECK(parse_cron(" 0\t3  * * * ").hours.count() == 1);
}

TEST_CASE("months and weekdays have names, and Sunday two numbers")
{
    const auto cron = parse_cron("0 0 * JAN,nov-Dec sat-sun");
    CHECK(members(cron.months) == Numbers{1, 11, 12});
    CHECK(members(cron.weekdays) == Numbers{0, 6});
    CHECK(members(parse_cron("0 0 * * 7").weekdays) == Numbers{0});
    CHECK(members(parse_cron("0 0 * * 5-7").weekdays) == Numbers{0, 5, 6});
    CHECK(members(parse_cron("0 0 * * */2").weekdays) == Numbers{0, 2, 4, 6});
    CHECK(parse_cron("0 0 * * *").weekdays.all());
}

TEST_CASE("the short forms are what they are with cron")
{
    const auto same = [](const char* left, const char* right) {
        const auto a = parse_cron(left), b = parse_cron(right);
        return a.minutes == b.minutes && a.hours == b.hours && a.days == b.days && a.months == b.months &&
               a.weekdays == b.weekdays && a.either_day == b.either_day;
    };
    CHECK(same("@hourly", "0 * * * *"));
    CHECK(same("@daily", "0 0 * * *"));
    CHECK(same(" @Weekly ", "0 0 * * sun"));
    CHECK(same("@monthly", "0 0 1 * *"));
    CHECK(same("@yearly", "0 0 1 jan *"));
}

TEST_CASE("what is wrong with a cron expression is named with its field and place")
{
    CHECK(refusal("61 * * * *") == "the minute field is wrong at character 1: '61' is not 0 to 59");
    CHECK(refusal("0 1,24 * * *") == "the hour field is wrong at character 5: '24' is not 0 to 23");
    CHECK(refusal("0 0 0 * *") == "the day of month field is wrong at character 5: '0' is not 1 to 31");
    CHECK(refusal("0 0 * janu *") ==
          "the month field is wrong at character 7: 'janu' is neither a number nor a name");
    CHECK(refusal("0 0 * * mon-8") == "the day of week field is wrong at character 13: '8' is not 0 to 7");
    CHECK(refusal("*/0 * * * *") == "the minute field is wrong at character 3: '0' is not a step of 1 to 59");
    CHECK(
        refusal("0 22-2 * * *") ==
        "the hour field is wrong at character 3: '22-2' runs backwards: write it as two ranges with a comma");
    CHECK(refusal("1,,2 * * * *") == "the minute field is wrong at character 3: nothing is not a number");
    CHECK(refusal("-1 * * * *").find("character 1") != std::string::npos);
    CHECK(refusal("99999999999999999999 * * * *").find("is not 0 to 59") != std::string::npos);
    CHECK(refusal("0 3 * *").find("has 4 fields") != std::string::npos);
    CHECK(refusal("0 0 3 * * *").find("has 6 fields") != std::string::npos);
    CHECK(refusal("").find("has 0 fields") != std::string::npos);
    CHECK(refusal("@reboot").find("'@reboot' is not one of the short forms") != std::string::npos);
    CHECK(refusal("0 0 L * *").find("'L' is not a number") != std::string::npos);
}

local_seconds at(int year_number, unsigned month_number, unsigned day_number, int hour = 0, int minute = 0)
{
    return local_days(year(year_number) / month_number / day_number) + hours(hour) + minutes(minute);
}

local_seconds next(const char* cron, local_seconds from)
{
    return first_match(parse_cron(cron), from, from + years(40)).value_or(local_seconds{});
}

TEST_CASE("the first matching minute is found, however far away")
{
    const auto from = at(2026, 11, 22, 18, 40) + seconds(1);
    CHECK(next("* * * * *", from) == at(2026, 11, 22, 18, 41));
    CHECK(next("0 3 * * *", from) == at(2026, 11, 23, 3));
    CHECK(next("30 18 1 * *", from) == at(2026, 12, 1, 18, 30));
    CHECK(next("0 0 1 1 *", from) == at(2027, 1, 1));
    CHECK(next("0 0 29 2 *", from) == at(2028, 2, 29));
    CHECK(next("0 0 31 4,5 *", from) == at(2027, 5, 31));
    CHECK(next("0 0 * * fri", from) == at(2026, 11, 27));
    CHECK(next("40 18 22 11 *", at(2026, 11, 22, 18, 40)) == at(2026, 11, 22, 18, 40));
    CHECK_FALSE(first_match(parse_cron("0 0 30 2 *"), from, from + years(40)));
    CHECK_FALSE(first_match(parse_cron("* * * * *"), from, from + seconds(59)));
}

TEST_CASE("a day counts by date or by weekday when both are given, else it must be both")
{
    // The 13th of November 2026 is a Friday.
    CHECK(next("0 0 13 * fri", at(2026, 11, 1)) == at(2026, 11, 6));
    CHECK(next("0 0 20 * mon", at(2026, 11, 17)) == at(2026, 11, 20));
    CHECK(next("0 0 */2 * fri", at(2026, 11, 1)) == at(2026, 11, 13));
    CHECK(next("0 0 1-7 * *", at(2026, 11, 8)) == at(2026, 12, 1));
}

} // namespace skerry::schedules_test
