#include "util/clock.hpp"

#include "util/error.hpp"

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
    const std::time_t seconds = time / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> day{};
    std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%s.%03dZ", day.data(), static_cast<int>(time % 1000));
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
    constexpr std::int64_t longest = 365LL * 24 * 3600;
    if (fault == std::errc{} && count >= 0 && count <= longest)
        for (const auto& unit : units)
            if (std::string_view(rest, static_cast<std::size_t>(end - rest)) == unit.suffix)
                return count * unit.milliseconds;
    throw Error(Code::bad_request, "'" + text + "' is not a duration",
                {.hint = "write it like 90s, 5m, 2h or 250ms"});
}

} // namespace skerry
