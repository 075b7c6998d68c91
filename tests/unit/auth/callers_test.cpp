#include "auth/callers.hpp"
#include "auth/token_store.hpp"
#include "support/accounts.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

namespace skerry::callers_test {

using namespace auth;

constexpr Time start = 1'800'000'000'000;
constexpr Time minute = 60'000, hour = 60 * minute, day = 24 * hour;
const Origin home{"192.0.2.7", "a browser"};

struct World : test::Accounts {
    User ada = add("ada", Role::admin);
    NewLogin login = begin_login(db, ada.id, home, start);

    /// How many rows were written meanwhile.
    template <class Action> std::int64_t writes(const Action& action)
    {
        const auto total = [&] {
            db::Query row(db, "select total_changes()");
            row.next();
            return row.number(0);
        };
        const auto before = total();
        action();
        return total() - before;
    }
    Login seen() { return list_logins(db, ada.id, start).front(); }
};

TEST_CASE("who comes with a login is its user")
{
    World world;
    const auto caller = caller_of_login(world.db, world.login.token, home, start + 1);
    REQUIRE(caller);
    CHECK(caller->kind == api::Caller::Kind::user);
    CHECK(caller->user == world.ada.id.value);
    CHECK(caller->admin);
    CHECK_FALSE(caller->read_only);
    CHECK(caller->only_project.empty());
    CHECK(caller->login == world.login.id.value);
    CHECK(caller->address == "192.0.2.7");
    CHECK(caller->client == "a browser");
    set_role(world.db, world.ada.id, Role::member);
    CHECK_FALSE(caller_of_login(world.db, world.login.token, home, start + 1)->admin);
}

TEST_CASE("what is no login, is over, or has expired is nobody's")
{
    World world;
    auto wrong = world.login.token;
    wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
    for (const auto& token :
         {std::string(), std::string("x"), wrong, world.login.token + "A", world.login.id.value})
        CHECK_FALSE(caller_of_login(world.db, token, home, start));
    CHECK(caller_of_login(world.db, world.login.token, home, start + login_lifetime - 1));
    World other;
    CHECK_FALSE(caller_of_login(other.db, other.login.token, home, start + login_lifetime));
    end_login(other.db, other.login.id);
    CHECK_FALSE(caller_of_login(other.db, other.login.token, home, start));
    remove(world.db, world.ada.id);
    CHECK_FALSE(caller_of_login(world.db, world.login.token, home, start));
}

TEST_CASE("a login is renewed at most once a day, and written at most once an hour or when it moved")
{
    World world;
    const auto come = [&](const Origin& origin, Time now) {
        return world.writes([&] { CHECK(caller_of_login(world.db, world.login.token, origin, now)); });
    };
    CHECK(come(home, start + hour - 1) == 0);
    CHECK(come(home, start + hour) == 1);
    CHECK(world.seen().last_seen_at == start + hour);
    CHECK(world.seen().expires_at == start + login_lifetime);
    CHECK(come({"192.0.2.8", "curl"}, start + hour + minute - 1) == 0);
    CHECK(come({"192.0.2.8", "curl"}, start + hour + minute) == 1);
    CHECK(world.seen().address == "192.0.2.8");
    CHECK(world.seen().client == "curl");
    CHECK(come(home, start + day) == 1);
    CHECK(world.seen().expires_at == start + day + login_lifetime);
    CHECK(come(home, start + day + 1) == 0);
    CHECK(come(home, start + 2 * day - 1) == 1);
    CHECK(world.seen().expires_at == start + day + login_lifetime);
}

TEST_CASE("who comes with a token is its user, as far as the token goes")
{
    World world;
    world.add_project("p1", world.ada.id.value);
    const auto bob = world.add("bob");
    const auto proof = *insert(world.db, {.id = TokenId("t"),
                                          .user = world.ada.id,
                                          .name = "ci",
                                          .read_only = true,
                                          .project = "p1",
                                          .created_at = start,
                                          .expires_at = start + hour});
    const auto plain = *insert(world.db, {.id = TokenId("u"), .user = bob.id, .name = "ci"});
    const auto caller = caller_of_token(world.db, proof, home, start);
    REQUIRE(caller);
    CHECK(caller->user == world.ada.id.value);
    CHECK(caller->admin);
    CHECK(caller->read_only);
    CHECK(caller->only_project == "p1");
    CHECK(caller->login.empty());
    CHECK_FALSE(caller_of_token(world.db, proof, home, start + hour));
    const auto other = caller_of_token(world.db, plain, home, start + 1000 * day);
    REQUIRE(other);
    CHECK_FALSE(other->admin);
    CHECK_FALSE(other->read_only);
    CHECK(other->only_project.empty());
    for (const auto& token :
         {std::string(), std::string("skr_"), "skr_" + world.login.token, plain.substr(4), plain + "x"})
        CHECK_FALSE(caller_of_token(world.db, token, home, start));
    CHECK_FALSE(caller_of_login(world.db, plain.substr(4), home, start));
    db::execute(world.db, "update projects set deleted_at = 1");
    CHECK_FALSE(caller_of_token(world.db, proof, home, start));
}

TEST_CASE("the use of a token is written once a minute")
{
    World world;
    const auto proof = *insert(world.db, {.id = TokenId("t"), .user = world.ada.id, .name = "ci"});
    const auto come = [&](Time now) {
        return world.writes([&] { CHECK(caller_of_token(world.db, proof, home, now)); });
    };
    CHECK(come(start) == 1);
    CHECK(come(start + minute - 1) == 0);
    CHECK(come(start + minute) == 1);
    CHECK(list_tokens(world.db).front().last_used_at == start + minute);
}

TEST_CASE("a database that is being written holds nobody up who only has to be recognised")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "skerry.db";
    db::Connection writer(file);
    db::migrate(writer, {});
    const auto ada = insert_user(writer, "ada", Role::admin, "hash");
    const auto login = begin_login(writer, ada.id, home, start);
    db::Connection reader(file);
    const db::Transaction busy(writer);
    CHECK(caller_of_login(reader, login.token, home, start + 2 * hour));
    CHECK_FALSE(reader.in_transaction());
    CHECK(reader.patience() == db::usual_patience);
}

} // namespace skerry::callers_test
