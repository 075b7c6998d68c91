#include "auth/login_store.hpp"
#include "auth/token_store.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::user_store_test {

using namespace auth;

TEST_CASE("a user is found by name, whatever the case, and by id")
{
    test::Accounts world;
    CHECK_FALSE(any_users(world.db));
    const auto ada = world.add("Ada.L@example.org", Role::admin);
    CHECK(any_users(world.db));
    CHECK(find_by_name(world.db, "ada.l@EXAMPLE.org")->id == ada.id);
    CHECK(require(world.db, ada.id.value).name == "Ada.L@example.org");
    CHECK_FALSE(find_by_name(world.db, "ada"));
    CHECK(test::code_of([&] { require(world.db, "ada"); }) == Code::not_found);
    CHECK(test::code_of([&] { world.add("ADA.L@example.org"); }) == Code::conflict);
    CHECK(to_json(ada).dump() ==
          R"({"id":")" + ada.id.value + R"(","name":"Ada.L@example.org","role":"admin","createdAt":)" +
              std::to_string(ada.created_at) + R"(,"updatedAt":)" + std::to_string(ada.created_at) + "}");
}

TEST_CASE("what cannot be a name is none, neither here nor in the database")
{
    test::Accounts world;
    for (const std::string& bad :
         {std::string(), std::string("a b"), std::string("-a"), std::string("a/b"), std::string("\xc3\xa4"),
          std::string("a\n"), std::string("a'"), std::string(65, 'a')}) {
        CAPTURE(bad);
        CHECK_FALSE(is_user_name(bad));
        CHECK(test::code_of([&] { world.add(bad); }) == Code::internal);
    }
    for (const std::string& good : {std::string("a"), std::string(64, 'a'), std::string("A.b_c-d@9")}) {
        CHECK(is_user_name(good));
        CHECK_NOTHROW(world.add(good));
    }
}

TEST_CASE("with a user go logins and tokens; projects are counted that are there")
{
    test::Accounts world;
    const auto ada = world.add("ada", Role::admin);
    const auto bob = world.add("bob");
    begin_login(world.db, bob.id, {}, now());
    insert(world.db, ApiToken{.id = TokenId("t1"), .user = bob.id, .name = "ci"});
    world.add_project("p2", bob.id.value);
    world.add_project("p1", bob.id.value);
    world.add_project("p3", std::nullopt);
    CHECK(slugs_owned_by(world.db, bob.id) == std::vector<std::string>{"slug-p1", "slug-p2"});
    db::execute(world.db, "update projects set deleted_at = 1 where id = 'p1'");
    CHECK(slugs_owned_by(world.db, bob.id) == std::vector<std::string>{"slug-p2"});
    remove(world.db, bob.id);
    CHECK(world.count("logins") == 0);
    CHECK(world.count("api_tokens") == 0);
    CHECK(list(world.db).size() == 1);
    CHECK(is_last_admin(world.db, ada));
    world.add("eve", Role::admin);
    CHECK_FALSE(is_last_admin(world.db, ada));
}

TEST_CASE("a hash is replaced only while it is the one that was looked at")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    const auto before = *password_hash(world.db, ada.id);
    CHECK(replace_password_hash(world.db, ada.id, before, "second"));
    CHECK_FALSE(replace_password_hash(world.db, ada.id, before, "third"));
    CHECK(password_hash(world.db, ada.id) == "second");
    CHECK_FALSE(password_hash(world.db, UserId("nobody")));
}

} // namespace skerry::user_store_test
