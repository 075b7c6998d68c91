#pragma once

#include <cstdint>
#include <string>

namespace skerry {

/// Milliseconds since the epoch, UTC: the form of every time in the database and in JSON.
using Time = std::int64_t;

/// The wall clock.
Time now() noexcept;

/// Milliseconds of a clock that never jumps (CLOCK_MONOTONIC): for timers and leases only.
std::int64_t monotonic_now() noexcept;

/// "2026-11-22T18:40:24.123Z"; a time outside the years 0 to 9999 becomes the nearest one inside.
std::string rfc3339(Time time);

/// Reads "2026-11-23T03:00:00Z", with any offset in place of Z; without one, or as "2026-11-23 03:00", it is
/// local time; "03:00" is when the local clock shows that next. Throws Error bad_request.
Time parse_time(const std::string& text);

/// "3 s", "4 min", "2 h", "5 d": how long `milliseconds` are, for people.
std::string for_people(std::int64_t milliseconds);

/// Reads "90", "90s", "5m", "2h", "1d" or "250ms" as milliseconds, ten years at most. Throws Error
/// bad_request.
std::int64_t parse_duration(const std::string& text);

} // namespace skerry
