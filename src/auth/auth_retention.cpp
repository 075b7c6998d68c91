#include "auth/auth_retention.hpp"

#include "auth/throttle.hpp"

#include <optional>

namespace skerry::auth {
namespace {

/// Removed in one go for an hour: rather than one by one, each as its time comes.
constexpr Time between_removals = 3'600'000;

std::optional<Time> next_removal(const App&, db::Connection& db)
{
    db::Query row(db,
                  "select min(time) from (select min(expires_at) as time from logins"
                  " union all select min(expires_at) from setup_tokens"
                  " union all select min(tried_at) + ?1 from throttles)",
                  throttle_memory);
    const auto first = row.next() ? row.number_if_any(0) : std::nullopt;
    return first ? std::optional(*first + between_removals) : std::nullopt;
}

} // namespace

void remove_expired(db::Connection& db, Time now)
{
    constexpr int most = 2'000; // rows in one transaction
    db::execute(db,
                "delete from logins where id in (select id from logins where expires_at <= ?1"
                " order by expires_at limit ?2)",
                now, most);
    db::execute(db, "delete from setup_tokens where expires_at <= ?1", now);
    db::execute(db,
                "delete from throttles where key in (select key from throttles where tried_at <= ?1"
                " order by tried_at limit ?2)",
                now - throttle_memory, most);
}

queue::Feeder auth_retention()
{
    return {.next = next_removal,
            .feed = [](const App&, db::Connection& db, Time now) { remove_expired(db, now); }};
}

} // namespace skerry::auth
