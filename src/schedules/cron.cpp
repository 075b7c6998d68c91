#include "schedules/cron.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>
#include <vector>

namespace skerry::schedules {
namespace {

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct FieldRule {
    std::string_view name;
    unsigned low;
    unsigned high;
    std::span<const std::string_view> names{}; ///< for low, low + 1 ...
};
const std::array rules{FieldRule{"minute", 0, 59}, FieldRule{"hour", 0, 23}, FieldRule{"day of month", 1, 31},
                       FieldRule{"month", 1, 12, month_names}, FieldRule{"day of week", 0, 7, weekday_names}};

/// A part of the expression and where it begins.
struct Part {
    std::string_view text;
    std::size_t place = 0;

    [[nodiscard]] Part from(std::size_t offset) const { return {text.substr(offset), place + offset}; }
    [[nodiscard]] Part until(std::size_t offset) const { return {text.substr(0, offset), place}; }
};

Error wrong(const FieldRule& rule, const Part& part, const std::string& why)
{
    const auto what = part.text.empty() ? std::string("nothing") : "'" + one_line(part.text, 40) + "'";
    const auto message = "the " + std::string(rule.name) + " field is wrong at character " +
                         std::to_string(part.place + 1) + ": " + what + " " + why;
    return {Code::bad_request,
            message,
            {.hint = "five fields: minute hour day-of-month month day-of-week, like '0 3 * * mon-fri'",
             .fields = {{"cron", message}}}};
}

Error malformed(std::string_view text, const std::string& why)
{
    const auto message = "'" + one_line(text, 80) + "' " + why;
    return {Code::bad_request,
            message,
            {.hint = "write it like '0 3 * * *' (every night at 3), or @hourly, @daily, @weekly, @monthly, "
                     "@yearly",
             .fields = {{"cron", message}}}};
}

bool same_letters(std::string_view left, std::string_view right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    });
}

unsigned value_of(const FieldRule& rule, const Part& part)
{
    for (std::size_t i = 0; i < rule.names.size(); ++i)
        if (same_letters(part.text, rule.names[i])) return rule.low + static_cast<unsigned>(i);
    unsigned value = 0;
    const auto* const end = part.text.data() + part.text.size();
    const auto [rest, fault] = std::from_chars(part.text.data(), end, value);
    const bool is_number = rest == end && !part.text.empty() && fault != std::errc::invalid_argument;
    if (!is_number)
        throw wrong(rule, part, rule.names.empty() ? "is not a number" : "is neither a number nor a name");
    if (fault != std::errc{} || value < rule.low || value > rule.high)
        throw wrong(rule, part, "is not " + std::to_string(rule.low) + " to " + std::to_string(rule.high));
    return value;
}

unsigned step_of(const FieldRule& rule, const Part& part)
{
    unsigned step = 0;
    const auto* const end = part.text.data() + part.text.size();
    const auto [rest, fault] = std::from_chars(part.text.data(), end, step);
    if (fault != std::errc{} || rest != end || step == 0 || step > rule.high)
        throw wrong(rule, part, "is not a step of 1 to " + std::to_string(rule.high));
    return step;
}

struct Range {
    unsigned first;
    unsigned last;
};

/// "sat-sun" ends on the seventh day, not on day 0.
unsigned end_of_week(const FieldRule& rule, unsigned first, unsigned last)
{
    return &rule == &rules.back() && last == 0 && first > 0 ? rule.high : last;
}

/// "*", "5", "1-5" or, with a step, "5" for all from 5 on.
Range range_of(const FieldRule& rule, const Part& part, bool has_step)
{
    const unsigned high = &rule == &rules.back() ? 6 : rule.high;
    if (part.text == "*") return {rule.low, high};
    const auto dash = part.text.find('-');
    if (dash == std::string_view::npos) {
        const auto value = value_of(rule, part);
        return {value, has_step ? std::max(value, high) : value};
    }
    const auto first = value_of(rule, part.until(dash));
    const auto last = end_of_week(rule, first, value_of(rule, part.from(dash + 1)));
    if (first > last) throw wrong(rule, part, "runs backwards: write it as two ranges with a comma");
    return {first, last};
}

template <std::size_t Size> void add_entry(const FieldRule& rule, const Part& part, std::bitset<Size>& set)
{
    const auto slash = part.text.find('/');
    const bool has_step = slash != std::string_view::npos;
    const auto range = range_of(rule, has_step ? part.until(slash) : part, has_step);
    const auto step = has_step ? step_of(rule, part.from(slash + 1)) : 1;
    for (auto value = range.first; value <= range.last; value += step) set.set(value);
}

template <std::size_t Size> std::bitset<Size> set_of(const FieldRule& rule, Part part)
{
    std::bitset<Size> set;
    for (;;) {
        const auto comma = part.text.find(',');
        add_entry(rule, comma == std::string_view::npos ? part : part.until(comma), set);
        if (comma == std::string_view::npos) return set;
        part = part.from(comma + 1);
    }
}

std::bitset<7> weekdays_of(const Part& part)
{
    const auto set = set_of<8>(rules[4], part); // Sunday is both 0 and 7
    return std::bitset<7>((set.to_ulong() | set.to_ulong() >> 7) & 0x7f);
}

std::vector<Part> fields_of(std::string_view text)
{
    constexpr std::string_view blanks = " \t";
    std::vector<Part> found;
    for (std::size_t at = text.find_first_not_of(blanks); at < text.size();) {
        const auto end = std::min(text.find_first_of(blanks, at), text.size());
        found.push_back({text.substr(at, end - at), at});
        at = text.find_first_not_of(blanks, end);
    }
    return found;
}

std::string_view written_out(std::string_view text)
{
    struct Short {
        std::string_view name;
        std::string_view meaning;
    };
    constexpr std::array shorts{Short{"@hourly", "0 * * * *"},   Short{"@daily", "0 0 * * *"},
                                Short{"@midnight", "0 0 * * *"}, Short{"@weekly", "0 0 * * 0"},
                                Short{"@monthly", "0 0 1 * *"},  Short{"@yearly", "0 0 1 1 *"},
                                Short{"@annually", "0 0 1 1 *"}};
    for (const auto& one : shorts)
        if (same_letters(text, one.name)) return one.meaning;
    throw malformed(text, "is not one of the short forms");
}

bool matches_day(const Cron& cron, std::chrono::local_days day)
{
    const std::chrono::year_month_day date(day);
    const bool by_date = cron.days[unsigned(date.day())];
    const bool by_weekday = cron.weekdays[std::chrono::weekday(day).c_encoding()];
    return cron.either_day ? by_date || by_weekday : by_date && by_weekday;
}

std::chrono::local_days start_of_next_month(std::chrono::local_days day)
{
    const std::chrono::year_month_day date(day);
    return std::chrono::local_days(date.year() / date.month() / 1 + std::chrono::months(1));
}

bool matches_month(const Cron& cron, std::chrono::local_days day)
{
    return cron.months[unsigned(std::chrono::year_month_day(day).month())];
}

} // namespace

Cron parse_cron(std::string_view text)
{
    const auto whole = trim(text);
    if (whole.starts_with('@')) return parse_cron(written_out(whole));
    const auto fields = fields_of(text);
    if (fields.size() != rules.size())
        throw malformed(text, "has " + std::to_string(fields.size()) +
                                  " fields, and five are needed: minute, "
                                  "hour, day of month, month, day of week");
    return {.minutes = set_of<60>(rules[0], fields[0]),
            .hours = set_of<24>(rules[1], fields[1]),
            .days = set_of<32>(rules[2], fields[2]),
            .months = set_of<13>(rules[3], fields[3]),
            .weekdays = weekdays_of(fields[4]),
            .either_day = !fields[2].text.starts_with('*') && !fields[4].text.starts_with('*')};
}

std::optional<std::chrono::local_seconds> first_match(const Cron& cron, std::chrono::local_seconds from,
                                                      std::chrono::local_seconds until)
{
    using namespace std::chrono;
    auto at = ceil<minutes>(from);
    while (at < until) {
        const auto day = floor<days>(at);
        const auto time = hh_mm_ss(at - day);
        if (!matches_month(cron, day))
            at = start_of_next_month(day);
        else if (!matches_day(cron, day))
            at = day + days(1);
        else if (!cron.hours[static_cast<std::size_t>(time.hours().count())])
            at = floor<hours>(at) + hours(1);
        else if (!cron.minutes[static_cast<std::size_t>(time.minutes().count())])
            at += minutes(1);
        else
            return at;
    }
    return std::nullopt;
}

} // namespace skerry::schedules
