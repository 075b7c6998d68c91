#include "auth/login_store.hpp"
#include "auth/throttle.hpp"
#include "auth/user_actions.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::user_actions_test {

using namespace auth;
using test::code_of;

const std::string password = test::Accounts::password;

TEST_CASE("the first user is an admin, the next a member, unless it is said otherwise")
{
    test::Accounts world;
    auto terminal = world.terminal();
    CHECK(code_of([&] { add_user(terminal, {"eve", "member", password}); }) == Code::conflict);
    CHECK(add_user(terminal, {"ada", {}, password}).user.role == Role::admin);
    CHECK(add_user(terminal, {"bob", {}, password}).user.role == Role::member);
    CHECK(add_user(terminal, {"cyd", "admin", password}).user.role == Role::admin);
    const auto taken = test::error_of([&] { add_user(terminal, {"ADA", {}, password}); });
    REQUIRE(taken);
    CHECK(taken->code() == Code::conflict);
    CHECK(taken->fields().front().field == "name");
    CHECK(test::error_of([&] {
              add_user(terminal, {"a b", {}, password});
          })
              ->fields()
              .front()
              .field == "name");
}

TEST_CASE("a password is made where none is given, and told once")
{
    test::Accounts world;
    auto terminal = world.terminal();
    const auto added = add_user(terminal, {"ada", {}, {}});
    REQUIRE(added.password);
    CHECK(to_json(added)["password"].view() == *added.password);
    CHECK(password_matches(*added.password, *password_hash(world.db, added.user.id)));
    CHECK(to_json(add_user(terminal, {"bob", {}, password})).dump().find("password") == std::string::npos);
    CHECK(to_json(added).dump().find("scrypt") == std::string::npos);
}

TEST_CASE("another password ends the logins but the caller's own, and forgets wrong tries")
{
    test::Accounts world;
    const auto ada = world.add("ada", Role::admin);
    const auto bob = world.add("bob");
    const auto mine = begin_login(world.db, ada.id, {}, now());
    begin_login(world.db, ada.id, {}, now());
    begin_login(world.db, bob.id, {}, now());
    for (int i = 0; i < 5; ++i) begin_try(world.db, {"bob", ""}, now());
    auto context = world.as(ada, mine.id.value);
    CHECK(set_password(context, {"bob", "another horse"}).logins_ended == 1);
    CHECK_FALSE(code_of([&] { begin_try(world.db, {"bob", ""}, now()); }));
    CHECK(password_matches("another horse", *password_hash(world.db, bob.id)));
    CHECK(set_password(context, {ada.id.value, {}}).logins_ended == 1);
    CHECK(list_logins(world.db, {}, now()).front().id == mine.id);
    CHECK(code_of([&] { set_password(context, {"nobody", password}); }) == Code::not_found);
}

TEST_CASE("a user who owns projects stays, and so does the last admin as one")
{
    test::Accounts world;
    const auto ada = world.add("ada", Role::admin);
    const auto bob = world.add("bob");
    auto terminal = world.terminal();
    world.add_project("p1", bob.id.value);
    const auto refused = test::error_of([&] { delete_user(terminal, {"bob"}); });
    REQUIRE(refused);
    CHECK(refused->code() == Code::conflict);
    CHECK(std::string(refused->what()) == "bob owns 1 project: slug-p1");
    CHECK(refused->hint() == "skerry projects delete slug-p1");
    db::execute(world.db, "update projects set deleted_at = 1");
    CHECK(delete_user(terminal, {"bob"}).id == bob.id);

    CHECK(code_of([&] { delete_user(terminal, {"ada"}); }) == Code::conflict);
    CHECK(code_of([&] { change_role(terminal, {"ada", "member"}); }) == Code::conflict);
    CHECK(change_role(terminal, {"ada", "admin"}).role == Role::admin);
    world.add("eve", Role::admin);
    CHECK(change_role(terminal, {"ada", "member"}).role == Role::member);
    CHECK(delete_user(terminal, {"ada"}).id == ada.id);
    CHECK(code_of([&] { delete_user(terminal, {"eve"}); }) == Code::conflict);
}

TEST_CASE("members may do nothing about users, and an admin's token makes no new power")
{
    test::Accounts world;
    const auto ada = world.add("ada", Role::admin);
    const auto bob = world.add("bob");
    auto member = world.as(bob);
    CHECK(code_of([&] { add_user(member, {"eve", {}, password}); }) == Code::forbidden);
    CHECK(code_of([&] { delete_user(member, {"bob"}); }) == Code::forbidden);
    CHECK(code_of([&] { change_role(member, {"bob", "admin"}); }) == Code::forbidden);
    CHECK(code_of([&] { set_password(member, {"bob", password}); }) == Code::forbidden);
    auto token = world.as(ada, "");
    CHECK(code_of([&] { add_user(token, {"eve", {}, password}); }) == Code::forbidden);
    CHECK(code_of([&] { change_role(token, {"bob", "admin"}); }) == Code::forbidden);
    CHECK(code_of([&] { set_password(token, {"ada", password}); }) == Code::forbidden);
    CHECK_FALSE(code_of([&] { delete_user(token, {"bob"}); }));
    auto visitor = world.nobody();
    CHECK(code_of([&] { delete_user(visitor, {"ada"}); }) == Code::unauthorized);
}

} // namespace skerry::user_actions_test
