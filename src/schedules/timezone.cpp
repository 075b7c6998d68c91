#include "schedules/timezone.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

#include <cstdlib>
#include <date/tz.h>
#include <optional>

namespace skerry::schedules {
namespace {

void require_rules()
{
    try {
        date::get_tzdb();
    } catch (const std::runtime_error&) {
        throw Error(Code::unavailable, "this machine has no rules of time zones",
                    {.hint = "apt-get install tzdata"});
    }
}

const date::time_zone* zone_named(const std::string& name)
{
    require_rules();
    try {
        return date::locate_zone(name);
    } catch (const std::runtime_error&) {
        const auto message = "'" + one_line(name, 60) + "' is not a time zone that this machine knows";
        throw Error(Code::bad_request, message,
                    {.hint = "write it like Europe/Berlin, America/New_York or UTC",
                     .fields = {{"timezone", message}}});
    }
}

bool is_known(const std::string& name)
{
    try {
        zone_named(name);
        return true;
    } catch (const Error&) {
        return false;
    }
}

} // namespace

Timezone::Timezone(const std::string& name) : name_(name), zone_(zone_named(name)) {}

Stretch Timezone::stretch_at(std::chrono::sys_seconds time) const
{
    const auto info = zone_->get_info(time);
    return {info.begin, info.end, info.offset};
}

std::string wall_clock(const Timezone& zone, Time time)
{
    const std::chrono::sys_seconds seconds(std::chrono::seconds(time / 1000));
    const Time offset = zone.stretch_at(seconds).offset.count() * 1000;
    auto text = rfc3339(time + offset).substr(0, std::string_view("2026-11-23T03:00").size());
    text[std::string_view("2026-11-23").size()] = ' ';
    return text;
}

std::string local_timezone()
{
    const char* const set = std::getenv("TZ"); // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (const std::string name = set == nullptr ? "" : set; !name.empty() && is_known(name)) return name;
    require_rules();
    try {
        return date::current_zone()->name();
    } catch (const std::runtime_error&) {
        return "UTC";
    }
}

} // namespace skerry::schedules
