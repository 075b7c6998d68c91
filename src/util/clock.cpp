#include "util/clock.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace skerry {

Time now() noexcept
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t monotonic_now() noexcept
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string rfc3339(Time time)
{
    constexpr Time year_0 = -62'167'219'200'000,
                   end_of_9999 = 253'402'300'799'999; // all that the form can hold
    time = std::clamp(time, year_0, end_of_9999);
    const Time fraction = (time % 1000 + 1000) % 1000;
    const std::time_t seconds = (time - fraction) / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                  static_cast<int>(fraction));
    return text.data();
}

std::string for_people(std::int64_t milliseconds)
{
    constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
    if (milliseconds < second) return std::to_string(milliseconds) + " ms";
    if (milliseconds < 2 * minute) return std::to_string(milliseconds / second) + " s";
    if (milliseconds < 2 * hour) return std::to_string(milliseconds / minute) + " min";
    if (milliseconds < 2 * day) return std::to_string(milliseconds / hour) + " h";
    return std::to_string(milliseconds / day) + " d";
}

std::int64_t parse_duration(const std::string& text)
{
    struct Unit {
        std::string_view suffix;
        std::int64_t milliseconds;
    };
    constexpr std::array units{Unit{"ms", 1},     Unit{"s", 1000},      Unit{"", 1000},
                               Unit{"m", 60'000}, Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
    std::int64_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, count);
    constexpr std::int64_t longest = 3650LL * 24 * 3600 * 1000;
    if (fault == std::errc{} && count >= 0)
        for (const auto& unit : units)
            if (std::string_view(rest, static_cast<std::size_t>(end - rest)) == unit.suffix &&
                count <= longest / unit.milliseconds)
                return count * unit.milliseconds;
    throw Error(Code::bad_request, "'" + one_line(text, 40) + "' is not a duration",
                {.hint = "write it like 90s, 5m, 2h or 250ms"});
}

} // namespace skerry
