#pragma once

#include "util/clock.hpp"

#include <chrono>
#include <string>

namespace date {
class time_zone;
}

namespace skerry::schedules {

/// A stretch of time in which the clocks of a place differ by the same from UTC.
struct Stretch {
    std::chrono::sys_seconds begin; ///< the clocks were set then
    std::chrono::sys_seconds end;   ///< and will be set again then
    std::chrono::seconds offset;    ///< local time minus UTC
};

/// A place's rules for its clocks, from the system's tz database. Cheap to copy, safe from many threads.
class Timezone {
public:
    /// Throws Error: bad_request when the system knows no such place, unavailable when it knows none at all.
    explicit Timezone(const std::string& name);

    [[nodiscard]] Stretch stretch_at(std::chrono::sys_seconds time) const;
    /// "Europe/Berlin"
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    std::string name_;
    const date::time_zone* zone_;
};

/// "2026-11-23 03:00": the clock on the wall of that place.
std::string wall_clock(const Timezone& zone, Time time);

/// The name of this machine's own: TZ where that names one, else what the system is set to, else "UTC".
std::string local_timezone();

} // namespace skerry::schedules
