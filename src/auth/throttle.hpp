#pragma once

#include "db/connection.hpp"
#include "util/clock.hpp"

#include <string>
#include <string_view>

/// How fast passwords can be tried: a few at once, then ever more slowly. Kept in the database, so across
/// restarts; forgotten a day after the last try.
namespace skerry::auth {

constexpr Time throttle_memory = 24LL * 3600 * 1000;

/// How long the next try has to wait after so many that were wrong: `free` cost nothing, then 1 s, 2 s, 4 s
/// ... up to 15 min. In milliseconds.
Time delay_after(std::int64_t failures, std::int64_t free) noexcept;

/// The network that stands for an address: itself, or the first 64 bits of one of IPv6, of which anybody has
/// plenty.
std::string network_of(const std::string& address);

/// What is tried, and from where. An empty address counts for none.
struct Try {
    std::string account; ///< the name, as it was typed
    std::string address;
};

/// Counts a try as wrong before it is known to be: so no number of tries at one moment gets more than their
/// share. Throws RetryLater rate_limited when it comes too early; it does not count then.
void begin_try(db::Connection& db, const Try& attempt, Time now);
/// It was right: the account's wrong ones are forgotten, the address gets this one back.
void end_try(db::Connection& db, const Try& attempt, Time now);
/// Nobody could tell whether it was right: as if it had not been.
void take_back_try(db::Connection& db, const Try& attempt, Time now);
void forget_tries(db::Connection& db, std::string_view account);

} // namespace skerry::auth
