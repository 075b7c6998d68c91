#include "auth/token_store.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::token_store_test {

using namespace auth;

TEST_CASE("a token is kept as a hash, its name is taken for one user, and it is found by its id")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    const auto bob = world.add("bob");
    const ApiToken token{.id = TokenId("cafe12"), .user = ada.id, .name = "ci", .created_at = 5};
    const auto proof = insert(world.db, token);
    REQUIRE(proof);
    CHECK(proof->starts_with("skr_"));
    CHECK(proof->size() == 47);
    CHECK_FALSE(db::Query(world.db, "select 1 from api_tokens where digest = ?1", *proof).next());
    CHECK_FALSE(insert(world.db, {.id = TokenId("other"), .user = ada.id, .name = "ci"}));
    CHECK(insert(world.db, {.id = TokenId("cab000"), .user = bob.id, .name = "ci"}));

    CHECK(list_tokens(world.db).size() == 2);
    CHECK(list_tokens(world.db, bob.id).front().id == TokenId("cab000"));
    CHECK(to_json(require_token(world.db, "caf", {})).dump() ==
          R"({"id":"cafe12","userId":")" + ada.id.value +
              R"(","userName":"ada","name":"ci","readOnly":false,"projectId":null,"createdAt":5,)"
              R"("expiresAt":null,"lastUsedAt":null})");
    const auto look = [&](const std::string& reference, const UserId& user) {
        return test::code_of([&] { require_token(world.db, reference, user); });
    };
    CHECK(look("ca", {}) == Code::conflict);
    CHECK_FALSE(look("ca", ada.id));
    CHECK(look("cab", ada.id) == Code::not_found);
    CHECK(look("", {}) == Code::not_found);
    remove(world.db, TokenId("cafe12"));
    CHECK(list_tokens(world.db, ada.id).empty());
}

TEST_CASE("a token for one project goes with the project")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    world.add_project("p1", ada.id.value);
    insert(world.db, {.id = TokenId("one"), .user = ada.id, .name = "one", .project = "p1"});
    insert(world.db, {.id = TokenId("all"), .user = ada.id, .name = "all"});
    db::execute(world.db, "update projects set deleted_at = 7 where id = 'p1'");
    REQUIRE(list_tokens(world.db).size() == 1);
    CHECK(list_tokens(world.db).front().name == "all");
}

} // namespace skerry::token_store_test
