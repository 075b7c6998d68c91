#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::schedules {

/// When something is to run, in the time of some place: the minutes whose hour, day and month are all in
/// their sets. As cron has always done, a day counts when it is in `days` or in `weekdays`, unless one of
/// the two fields begins with a star: then it must be in both.
struct Cron {
    std::bitset<60> minutes{};
    std::bitset<24> hours{};
    std::bitset<32> days{};    ///< of the month, from 1
    std::bitset<13> months{};  ///< from 1
    std::bitset<7> weekdays{}; ///< from Sunday, 0
    bool either_day = false;   ///< a day in one of the two sets is enough

    /// Whether it runs in every hour: then it follows the time that passes rather than the clock on the wall.
    [[nodiscard]] bool every_hour() const noexcept { return hours.all(); }
};

/// Reads "0 3 * * mon-fri": minute, hour, day of month, month, day of week, each with stars, lists, ranges,
/// steps and names; or "@hourly", "@daily", "@weekly", "@monthly", "@yearly". Throws Error bad_request that
/// names the field and the place of what is wrong with it.
Cron parse_cron(std::string_view text);

/// The first matching minute in [from, until), in local time; nothing when there is none.
std::optional<std::chrono::local_seconds> first_match(const Cron& cron, std::chrono::local_seconds from,
                                                      std::chrono::local_seconds until);

} // namespace skerry::schedules
