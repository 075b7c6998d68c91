#include "auth/auth_retention.hpp"
#include "auth/throttle.hpp"
#include "support/accounts.hpp"
#include "util/files.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <thread>
#include <vector>

namespace skerry::throttle_test {

using namespace auth;
using test::code_of;

constexpr Time start = 1'800'000'000'000;

TEST_CASE("delays grow from nothing to a quarter of an hour")
{
    std::vector<Time> seconds;
    for (std::int64_t failures = 4; failures < 18; ++failures)
        seconds.push_back(delay_after(failures, 5) / 1000);
    CHECK(seconds == std::vector<Time>{0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900});
    CHECK(delay_after(1'000'000'000, 5) == 900'000);
}

TEST_CASE(
    "an account can be tried five times at once, then ever more slowly, whatever the case of its letters")
{
    test::Database db;
    for (int i = 0; i < 5; ++i) begin_try(db, {i % 2 == 0 ? "ada" : "ADA", ""}, start);
    const auto refused = test::error_of([&] { begin_try(db, {"Ada", ""}, start); });
    REQUIRE(refused);
    CHECK(refused->code() == Code::rate_limited);
    CHECK(refused->hint() == "try again in 1 s");
    CHECK(code_of([&] { begin_try(db, {"ada", ""}, start + 999); }) == Code::rate_limited);
    CHECK_FALSE(code_of([&] { begin_try(db, {"ada", ""}, start + 1000); }));
    // One that was refused has not made the delay longer.
    CHECK(code_of([&] { begin_try(db, {"ada", ""}, start + 2999); }) == Code::rate_limited);
    CHECK_FALSE(code_of([&] { begin_try(db, {"ada", ""}, start + 3000); }));
    CHECK_FALSE(code_of([&] { begin_try(db, {"bob", ""}, start); }));
}

TEST_CASE("many at one moment get no more tries than one after the other")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "skerry.db";
    db::Connection first(file);
    db::migrate(first, {});
    std::atomic<int> let_in = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            db::Connection own(file);
            for (int round = 0; round < 4; ++round)
                if (!code_of([&] { begin_try(own, {"ada", ""}, start); })) ++let_in;
        });
    for (auto& thread : threads) thread.join();
    CHECK(let_in == 5);
}

TEST_CASE("an address can try twenty accounts, and all of its network with it")
{
    test::Database db;
    for (int i = 0; i < 20; ++i)
        begin_try(db, {"user" + std::to_string(i), "2001:db8:0:1::" + std::to_string(i)}, start);
    CHECK(code_of([&] { begin_try(db, {"other", "2001:db8:0:1:ffff::1"}, start); }) == Code::rate_limited);
    CHECK_FALSE(code_of([&] { begin_try(db, {"other", "2001:db8:0:2::1"}, start); }));
    CHECK(network_of("2001:db8:0:1:ffff::1") == "2001:db8:0:1::/64");
    CHECK(network_of("::ffff:192.0.2.7") == "192.0.2.7");
    CHECK(network_of("192.0.2.7") == "192.0.2.7");
    CHECK(network_of("unix") == "unix");
}

TEST_CASE("a right password clears the account; the address gets no more than that one back")
{
    test::Database db;
    const std::string address = "192.0.2.7";
    for (int i = 0; i < 19; ++i) begin_try(db, {"victim" + std::to_string(i), address}, start);
    for (int i = 0; i < 5; ++i) begin_try(db, {"own", ""}, start);
    CHECK(code_of([&] { begin_try(db, {"own", ""}, start); }) == Code::rate_limited);
    begin_try(db, {"own", address}, start + 1000);
    end_try(db, {"own", address}, start + 1000);
    CHECK_FALSE(code_of([&] { begin_try(db, {"own", ""}, start + 1000); }));
    CHECK_FALSE(code_of([&] { begin_try(db, {"victim20", address}, start + 1000); }));
    CHECK(code_of([&] { begin_try(db, {"victim21", address}, start + 1000); }) == Code::rate_limited);
}

TEST_CASE("a try that nobody could judge is as if it had not been")
{
    test::Database db;
    for (int i = 0; i < 50; ++i) {
        begin_try(db, {"ada", "192.0.2.7"}, start);
        take_back_try(db, {"ada", "192.0.2.7"}, start);
    }
    CHECK_FALSE(code_of([&] { begin_try(db, {"ada", "192.0.2.7"}, start); }));
}

TEST_CASE("tries are forgotten after a day, and a clock that is set back locks nobody out")
{
    test::Database db;
    for (int i = 0; i < 5; ++i) begin_try(db, {"ada", ""}, start);
    remove_expired(db, start + throttle_memory - 1);
    CHECK(db::Query(db, "select 1 from throttles").next());
    CHECK_FALSE(code_of([&] { begin_try(db, {"ada", ""}, start - 3'600'000); }));
    remove_expired(db, start + throttle_memory);
    CHECK_FALSE(db::Query(db, "select 1 from throttles").next());
}

TEST_CASE("what was typed as a name is not kept")
{
    test::Database db;
    begin_try(db, {"my secret password", "192.0.2.7"}, start);
    db::Query row(db, "select key from throttles");
    while (row.next()) {
        CHECK(row.text(0).size() == 64);
        CHECK(row.text(0).find("secret") == std::string::npos);
    }
}

} // namespace skerry::throttle_test
