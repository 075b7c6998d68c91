#include "auth/throttle.hpp"

#include "auth/proof.hpp"
#include "util/retry_later.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cstring>
#include <vector>

namespace skerry::auth {
namespace {

constexpr Time second = 1000;
constexpr Time longest_delay = 15 * 60 * second;

/// What is counted, and how many wrong tries of it cost nothing. Many people may share one address.
struct Limit {
    std::string key;
    std::int64_t free;
};

Limit limit_of_account(std::string_view name)
{
    constexpr std::int64_t free = 5;
    std::string key = "account ";
    for (const char letter : name) key += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return {digest_of(key), free};
}

Limit limit_of_address(const std::string& address)
{
    constexpr std::int64_t free = 20;
    return {digest_of("address " + network_of(address)), free};
}

std::vector<Limit> limits_of(const Try& attempt)
{
    std::vector<Limit> limits{limit_of_account(attempt.account)};
    if (!attempt.address.empty()) limits.push_back(limit_of_address(attempt.address));
    return limits;
}

struct Count {
    std::int64_t failures = 0;
    Time blocked_until = 0;
};

/// Of the last day. What was tried later than now is from before the clock was set back.
Count count_of(db::Connection& db, const Limit& limit, Time now)
{
    db::Query row(db,
                  "select failures, blocked_until from throttles"
                  " where key = ?1 and tried_at > ?2 and tried_at <= ?3",
                  limit.key, now - throttle_memory, now);
    return row.next() ? Count{row.number(0), row.number(1)} : Count{};
}

void refuse(Time wait)
{
    const auto whole = (wait + second - 1) / second * second;
    const auto time = for_people(whole);
    throw RetryLater(Code::rate_limited, "too many wrong passwords: wait " + time,
                     std::chrono::milliseconds(whole), "try again in " + time);
}

void count_failure(db::Connection& db, const Limit& limit, Time now)
{
    const auto failures = count_of(db, limit, now).failures + 1;
    db::execute(db,
                "insert or replace into throttles(key, failures, tried_at, blocked_until)"
                " values (?1, ?2, ?3, ?4)",
                limit.key, failures, now, now + delay_after(failures, limit.free));
}

void take_one_back(db::Connection& db, const Limit& limit, Time now)
{
    db::execute(db,
                "update throttles set failures = max(failures - 1, 0), blocked_until = min(blocked_until, ?2)"
                " where key = ?1",
                limit.key, now);
}

/// The first 64 bits, which one customer gets.
std::string network_of(const std::array<unsigned char, 16>& address)
{
    std::array<unsigned char, 16> network{};
    constexpr std::size_t kept = 8;
    std::copy_n(address.begin(), kept, network.begin());
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, network.data(), text.data(), text.size());
    return std::string(text.data()) + "/64";
}

} // namespace

Time delay_after(std::int64_t failures, std::int64_t free) noexcept
{
    constexpr std::int64_t enough = 10; // 2^10 s is more than the longest
    if (failures < free) return 0;
    return std::min(second << std::min(failures - free, enough), longest_delay);
}

std::string network_of(const std::string& address)
{
    constexpr std::string_view mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    std::array<unsigned char, 16> bytes{};
    if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
    if (std::memcmp(bytes.data(), mapped.data(), mapped.size()) != 0) return network_of(bytes);
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, bytes.data() + mapped.size(), text.data(), text.size());
    return text.data();
}

void begin_try(db::Connection& db, const Try& attempt, Time now)
{
    const auto limits = limits_of(attempt);
    db::Transaction transaction(db);
    for (const auto& limit : limits)
        if (const auto count = count_of(db, limit, now); count.blocked_until > now)
            refuse(count.blocked_until - now);
    for (const auto& limit : limits) count_failure(db, limit, now);
    transaction.commit();
}

void end_try(db::Connection& db, const Try& attempt, Time now)
{
    db::Transaction transaction(db);
    forget_tries(db, attempt.account);
    if (!attempt.address.empty()) take_one_back(db, limit_of_address(attempt.address), now);
    transaction.commit();
}

void take_back_try(db::Connection& db, const Try& attempt, Time now)
{
    db::Transaction transaction(db);
    for (const auto& limit : limits_of(attempt)) take_one_back(db, limit, now);
    transaction.commit();
}

void forget_tries(db::Connection& db, std::string_view account)
{
    db::execute(db, "delete from throttles where key = ?1", limit_of_account(account).key);
}

} // namespace skerry::auth
