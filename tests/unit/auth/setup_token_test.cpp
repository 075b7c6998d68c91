#include "auth/setup_token.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::setup_token_test {

using namespace auth;

constexpr Time start = 1'800'000'000'000;

TEST_CASE("a set-up token is good once, for half an hour, and only the newest is")
{
    test::Database db;
    const auto old = make_setup_token(db, start);
    const auto token = make_setup_token(db, start);
    CHECK(token.size() == 43);
    CHECK_FALSE(is_setup_token(db, old, start));
    CHECK_FALSE(is_setup_token(db, "", start));
    CHECK(is_setup_token(db, token, start + setup_lifetime - 1));
    CHECK_FALSE(is_setup_token(db, token, start + setup_lifetime));
    CHECK_FALSE(use_setup_token(db, token, start + setup_lifetime));
    CHECK(use_setup_token(db, token, start + 1));
    CHECK_FALSE(use_setup_token(db, token, start + 1));
    CHECK_FALSE(is_setup_token(db, token, start + 1));
}

TEST_CASE("only its hash is kept, and none is left once there is a user")
{
    test::Accounts world;
    const auto token = make_setup_token(world.db, start);
    CHECK_FALSE(db::Query(world.db, "select 1 from setup_tokens where digest = ?1", token).next());
    world.add("ada", Role::admin);
    CHECK_FALSE(is_setup_token(world.db, token, start));
    CHECK(world.count("setup_tokens") == 0);
}

} // namespace skerry::setup_token_test
