#include "schedules/feeder.hpp"

#include "schedules/schedule_store.hpp"
#include "schedules/slots.hpp"
#include "util/error.hpp"

#include <algorithm>

namespace skerry::schedules {
namespace {

constexpr std::size_t most_made_up = 100;
constexpr int most_schedules = 500; ///< in one transaction; the rest is due at once again

/// What is to be done about a schedule that is due.
struct Plan {
    std::vector<Time> slots; ///< to run now, oldest first
    std::optional<Time> next;
};

/// The newest slots since the one that was to come; that one is a slot whatever the cron expression says by
/// now.
std::vector<Time> newest_slots(const Schedule& schedule, const Cron& cron, const Timezone& zone, Time now,
                               std::size_t most)
{
    auto slots = last_slots(cron, zone, schedule.next_at + 1, now, most);
    if (slots.size() < most) slots.insert(slots.begin(), schedule.next_at);
    return slots;
}

std::vector<Time> slots_to_run(const Schedule& schedule, const Cron& cron, const Timezone& zone, Time now)
{
    const auto punctual_from = now - punctual_milliseconds;
    if (schedule.next_at >= punctual_from) return newest_slots(schedule, cron, zone, now, most_made_up);
    switch (schedule.missed) {
    case Missed::skip: return last_slots(cron, zone, punctual_from, now, most_made_up);
    case Missed::once: return newest_slots(schedule, cron, zone, now, 1);
    case Missed::all: return newest_slots(schedule, cron, zone, now, most_made_up);
    }
    return {};
}

/// Throws Error when the expression or the time zone is not understood any more.
Plan plan_of(const Schedule& schedule, Time now)
{
    const auto cron = parse_cron(schedule.cron);
    const Timezone zone(schedule.timezone);
    return {slots_to_run(schedule, cron, zone, now), next_slot(cron, zone, now)};
}

/// The plan, or why there is none.
Plan plan_or_reason(const Schedule& schedule, Time now, std::string& reason)
{
    try {
        auto plan = plan_of(schedule, now);
        if (!plan.next) reason = "no time that is to come matches " + schedule.cron;
        return plan;
    } catch (const Error& fault) {
        reason = fault.what();
        return {};
    }
}

/// A command learns what it is run for.
api::Json args_for(const Schedule& schedule, std::optional<Time> slot)
{
    auto args = schedule.task.args;
    if (schedule.task.kind != "exec") return args;
    auto environment = args["environment"];
    environment.push("SKERRY_SCHEDULE=" + schedule.name);
    if (slot) environment.push("SKERRY_SLOT=" + rfc3339(*slot));
    return args.set("environment", environment);
}

} // namespace

queue::Added add_job(db::Connection& db, const Schedule& schedule, std::optional<Time> slot)
{
    const auto& task = schedule.task;
    queue::Order order{.key = task.key, .priority = task.priority};
    order.queue = task.queue;
    order.name = schedule.name;
    order.timeout = task.timeout;
    order.max_attempts = task.max_attempts;
    if (slot) {
        order.run_at = *slot;
        order.dedupe_key = "schedule " + schedule.name + " " + rfc3339(*slot);
        order.dedupe = queue::Dedupe::active;
    }
    return queue::add_raw(db, queue::Policy{.kind = task.kind}, args_for(schedule, slot), order);
}

void feed(db::Connection& db, Time now)
{
    for (const auto& schedule : due(db, now, most_schedules)) {
        std::string reason;
        const auto plan = plan_or_reason(schedule, now, reason);
        for (const auto slot : plan.slots) set_last(db, schedule.name, slot, add_job(db, schedule, slot).id);
        if (plan.next) set_next(db, schedule.name, *plan.next);
        // One that is broken must not keep the others from running.
        if (!reason.empty()) pause(db, schedule.name, "skerry: " + reason);
    }
}

queue::Feeder feeder()
{
    return {.next = [](const App&, db::Connection& db) { return next_of_all(db); },
            .feed = [](const App&, db::Connection& db, Time now) { feed(db, now); }};
}

} // namespace skerry::schedules
