#include "schedules/slots.hpp"

#include <algorithm>

namespace skerry::schedules {
namespace {

using namespace std::chrono;

constexpr auto horizon = years(40); // 29 February on a certain weekday comes within that

local_seconds local(sys_seconds time, seconds offset)
{
    return local_seconds(time.time_since_epoch() + offset);
}

sys_seconds universal(local_seconds time, seconds offset)
{
    return sys_seconds(time.time_since_epoch() - offset);
}

/// Whether the clocks, when they were set at the begin of `now`, jumped over a matching minute.
bool jumped_over_match(const Cron& cron, const Stretch& before, const Stretch& now)
{
    return first_match(cron, local(now.begin, before.offset), local(now.begin, now.offset)).has_value();
}

/// The first slot in [from, until), all of it in one stretch.
std::optional<sys_seconds> first_in(const Cron& cron, const Timezone& zone, const Stretch& stretch,
                                    sys_seconds from, sys_seconds until)
{
    auto begin = local(from, stretch.offset);
    // Who looks at what came before the first stretch of all sees that again.
    const auto before = zone.stretch_at(std::max(stretch.begin, sys_seconds{}) - seconds(1));
    if (from == stretch.begin && jumped_over_match(cron, before, stretch)) return from;
    if (!cron.every_hour()) begin = std::max(begin, local(stretch.begin, before.offset));
    const auto found = first_match(cron, begin, local(until, stretch.offset));
    return found ? std::optional(universal(*found, stretch.offset)) : std::nullopt;
}

std::vector<Time> slots_in(const Cron& cron, const Timezone& zone, Time from, Time until)
{
    std::vector<Time> found;
    for (auto slot = next_slot(cron, zone, from - 1); slot && *slot <= until;
         slot = next_slot(cron, zone, *slot))
        found.push_back(*slot);
    return found;
}

} // namespace

std::optional<Time> next_slot(const Cron& cron, const Timezone& zone, Time after)
{
    auto from = floor<seconds>(sys_time<milliseconds>(milliseconds(after))) + seconds(1);
    const auto end = from + horizon;
    while (from < end) {
        const auto stretch = zone.stretch_at(from);
        const auto until = std::min<sys_seconds>(stretch.end, end);
        if (const auto slot = first_in(cron, zone, stretch, from, until))
            return milliseconds(slot->time_since_epoch()).count();
        from = until;
    }
    return std::nullopt;
}

std::vector<Time> last_slots(const Cron& cron, const Timezone& zone, Time from, Time until, std::size_t most)
{
    // Looks back ever farther: the slots of years, a minute apart, are never all gone through.
    for (Time back = milliseconds(minutes(most)).count();; back *= 2) {
        auto slots = slots_in(cron, zone, std::max(from, until - back), until);
        if (slots.size() > most) slots.erase(slots.begin(), slots.end() - static_cast<std::ptrdiff_t>(most));
        if (slots.size() == most || until - back <= from) return slots;
    }
}

} // namespace skerry::schedules
