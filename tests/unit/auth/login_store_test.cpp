#include "auth/login_store.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::login_store_test {

using namespace auth;

constexpr Time start = 1'800'000'000'000;

TEST_CASE("logins are listed while they are good, without what proves them")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    const auto bob = world.add("bob");
    const auto one = begin_login(world.db, ada.id, {"192.0.2.7", "a browser"}, start);
    const auto two = begin_login(world.db, bob.id, {"192.0.2.8", std::string(300, 'x') + "\x1b"}, start + 1);
    CHECK(one.expires_at == start + login_lifetime);
    const auto all = list_logins(world.db, {}, start + 2);
    REQUIRE(all.size() == 2);
    CHECK(all[0].user_name == "bob");
    CHECK(all[0].client.size() <= 203); // with an ellipsis
    CHECK(list_logins(world.db, ada.id, start + 2).size() == 1);
    CHECK(list_logins(world.db, {}, start + login_lifetime).size() == 1);
    CHECK(list_logins(world.db, {}, start + login_lifetime + 1).empty());
    const auto json = to_json(all[1]).dump();
    CHECK(json == R"({"id":")" + one.id.value + R"(","userId":")" + ada.id.value +
                      R"(","userName":"ada","createdAt":1800000000000,"expiresAt":1802592000000,)"
                      R"("lastSeenAt":1800000000000,"address":"192.0.2.7","client":"a browser"})");
    CHECK_FALSE(
        db::Query(world.db, "select 1 from logins where digest in (?1, ?2)", one.token, two.token).next());
}

TEST_CASE("a login is found by the beginning of its id, among one's own where that is asked for")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    const auto bob = world.add("bob");
    const auto login = begin_login(world.db, ada.id, {}, start);
    CHECK(require_login(world.db, login.id.value.substr(0, 6), ada.id, start).id == login.id);
    const auto look = [&](const std::string& reference, const UserId& user, Time now) {
        return test::code_of([&] { require_login(world.db, reference, user, now); });
    };
    CHECK_FALSE(look(login.id.value, {}, start));
    CHECK(look(login.id.value, bob.id, start) == Code::not_found);
    CHECK(look(login.id.value, {}, start + login_lifetime) == Code::not_found);
    CHECK(look("", {}, start) == Code::not_found);
    db::execute(world.db, "update logins set id = 'aa1'");
    db::execute(world.db,
                "insert into logins select 'aa2', user_id, replace(digest, substr(digest, 1, 4), 'zzzz'),"
                " created_at, expires_at, last_seen_at, address, client from logins");
    CHECK(look("aa", {}, start) == Code::conflict);
    CHECK_FALSE(look("aa1", {}, start));
}

TEST_CASE("a user's logins end one by one or all but one")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    const auto bob = world.add("bob");
    const auto one = begin_login(world.db, ada.id, {}, start);
    const auto two = begin_login(world.db, ada.id, {}, start);
    begin_login(world.db, ada.id, {}, start);
    begin_login(world.db, bob.id, {}, start);
    CHECK(end_login(world.db, one.id));
    CHECK_FALSE(end_login(world.db, one.id));
    CHECK(end_logins(world.db, ada.id, two.id) == 1);
    CHECK(end_logins(world.db, ada.id) == 1);
    CHECK(world.count("logins") == 1);
}

} // namespace skerry::login_store_test
