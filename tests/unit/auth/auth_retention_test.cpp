#include "auth/auth_retention.hpp"
#include "auth/login_store.hpp"
#include "auth/setup_token.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::auth_retention_test {

using namespace auth;

constexpr Time start = 1'800'000'000'000;

TEST_CASE("logins and set-up tokens are removed some time after they expired, by the workers")
{
    test::Accounts world;
    const auto feeder = auth_retention();
    CHECK_FALSE(feeder.next(world.app, world.db));
    const auto ada = world.add("ada");
    begin_login(world.db, ada.id, {}, start);
    begin_login(world.db, ada.id, {}, start + 5);
    const auto due = feeder.next(world.app, world.db);
    REQUIRE(due);
    CHECK(*due > start + login_lifetime);
    feeder.feed(world.app, world.db, start + login_lifetime - 1);
    CHECK(world.count("logins") == 2);
    feeder.feed(world.app, world.db, start + login_lifetime);
    CHECK(world.count("logins") == 1);
    feeder.feed(world.app, world.db, *due);
    CHECK(world.count("logins") == 0);
    CHECK_FALSE(feeder.next(world.app, world.db));

    make_setup_token(world.db, start);
    CHECK(feeder.next(world.app, world.db) > start + setup_lifetime);
    feeder.feed(world.app, world.db, start + setup_lifetime);
    CHECK(world.count("setup_tokens") == 0);
}

} // namespace skerry::auth_retention_test
