#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <optional>
#include <string_view>

namespace skerry {
namespace {

struct Moment {
    std::tm parts{};
    Time fraction = 0;
    std::optional<std::int64_t> offset{}; ///< seconds east of UTC; absent: local
};

/// Takes `count` digits off the text.
std::optional<int> take_digits(std::string_view& text, std::size_t count)
{
    if (text.size() < count) return std::nullopt;
    int number = 0;
    for (const char digit : text.substr(0, count)) {
        if (digit < '0' || digit > '9') return std::nullopt;
        number = number * 10 + (digit - '0');
    }
    text.remove_prefix(count);
    return number;
}

bool take(std::string_view& text, std::string_view any_of)
{
    if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

bool take_date(std::string_view& text, std::tm& parts)
{
    const auto year = take_digits(text, 4);
    const auto month = year && take(text, "-") ? take_digits(text, 2) : std::nullopt;
    const auto day = month && take(text, "-") ? take_digits(text, 2) : std::nullopt;
    if (!day) return false;
    parts.tm_year = *year - 1900;
    parts.tm_mon = *month - 1;
    parts.tm_mday = *day;
    return *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31;
}

bool take_fraction(std::string_view& text, Time& fraction)
{
    if (!take(text, ".")) return true;
    Time unit = 100;
    bool any = false;
    for (auto digit = take_digits(text, 1); digit; digit = take_digits(text, 1), unit /= 10) {
        fraction += *digit * unit;
        any = true;
    }
    return any;
}

/// "03:00", "03:00:30", "03:00:30.250"
bool take_clock(std::string_view& text, Moment& moment)
{
    const auto hour = take_digits(text, 2);
    const auto minute = hour && take(text, ":") ? take_digits(text, 2) : std::nullopt;
    if (!minute || *hour > 23 || *minute > 59) return false;
    moment.parts.tm_hour = *hour;
    moment.parts.tm_min = *minute;
    if (!take(text, ":")) return true;
    const auto second = take_digits(text, 2);
    if (!second || *second > 60) return false;
    moment.parts.tm_sec = *second;
    return take_fraction(text, moment.fraction);
}

/// "Z", "+02:00", or nothing
bool take_offset(std::string_view& text, std::optional<std::int64_t>& offset)
{
    if (text.empty()) return true;
    if (take(text, "Zz")) {
        offset = 0;
        return true;
    }
    const bool west = text[0] == '-';
    if (!take(text, "+-")) return false;
    const auto hours = take_digits(text, 2);
    take(text, ":");
    const auto minutes = hours ? take_digits(text, 2) : std::nullopt;
    if (!minutes || *hours > 23 || *minutes > 59) return false;
    offset = (west ? -60 : 60) * (*hours * 60LL + *minutes);
    return true;
}

std::optional<Time> time_of(Moment moment)
{
    const auto day = moment.parts.tm_mday;
    moment.parts.tm_isdst = -1;
    const auto seconds = moment.offset ? ::timegm(&moment.parts) : ::mktime(&moment.parts);
    if (moment.parts.tm_mday != day) return std::nullopt; // 30 February
    return (seconds - moment.offset.value_or(0)) * 1000 + moment.fraction;
}

/// When the local clock shows this next.
std::optional<Time> next_at(const Moment& clock)
{
    const auto present = now();
    const std::time_t seconds = present / 1000;
    auto moment = clock;
    std::tm today{};
    ::localtime_r(&seconds, &today);
    for (int days = 0; days < 3; ++days) { // one of two days has it; a third where clocks are put forward
        moment.parts.tm_year = today.tm_year;
        moment.parts.tm_mon = today.tm_mon;
        moment.parts.tm_mday = today.tm_mday + days;
        moment.parts.tm_isdst = -1;
        auto parts = moment.parts;
        const auto found = static_cast<Time>(::mktime(&parts)) * 1000 + clock.fraction;
        if (found > present) return found;
    }
    return std::nullopt;
}

std::optional<Time> read_time(std::string_view text)
{
    Moment moment;
    auto clock = text;
    if (take_clock(clock, moment) && clock.empty()) return next_at(moment);
    moment = {};
    const bool read = take_date(text, moment.parts) && take(text, "Tt ") && take_clock(text, moment) &&
                      take_offset(text, moment.offset) && text.empty();
    return read ? time_of(moment) : std::nullopt;
}

} // namespace

Time parse_time(const std::string& text)
{
    if (const auto time = read_time(trim(text))) return *time;
    throw Error(Code::bad_request, "'" + one_line(text, 40) + "' is not a time",
                {.hint = "write it like 2026-11-23T03:00:00Z, '2026-11-23 03:00' or 03:00"});
}

} // namespace skerry
