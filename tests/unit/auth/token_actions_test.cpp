#include "auth/callers.hpp"
#include "auth/token_actions.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::token_actions_test {

using namespace auth;
using test::code_of;

CreateToken named(const std::string& name, const std::optional<std::string>& user = {})
{
    CreateToken input;
    input.name = name;
    input.user = user;
    return input;
}

TEST_CASE("the terminal says whose token it is, unless there is one user only")
{
    test::Accounts world;
    auto terminal = world.terminal();
    CHECK(code_of([&] { create_token(terminal, named("ci")); }) == Code::conflict);
    const auto ada = world.add("ada", Role::admin);
    const auto created = create_token(terminal, named("ci"));
    CHECK(created.token.user == ada.id);
    CHECK(to_json(created)["token"].view() == created.proof);
    CHECK(to_json(created)["userName"].view() == "ada");
    CHECK(caller_of_token(world.db, created.proof, {})->user == ada.id.value);
    world.add("bob");
    CHECK(test::error_of([&] { create_token(terminal, named("x")); })->fields().front().field == "user");
    CHECK(create_token(terminal, named("ci", "BOB")).token.user_name == "bob");
    const auto taken = test::error_of([&] { create_token(terminal, named("ci", "bob")); });
    REQUIRE(taken);
    CHECK(taken->code() == Code::conflict);
    CHECK(taken->fields().front().field == "name");
}

TEST_CASE("a user makes and deletes own tokens, an admin those of all, and a token makes none")
{
    test::Accounts world;
    const auto ada = world.add("ada", Role::admin);
    const auto bob = world.add("bob");
    auto admin = world.as(ada);
    auto member = world.as(bob);
    const auto hers = create_token(admin, named("ci")).token;
    const auto his = create_token(member, named("ci", "Bob")).token;
    CHECK(hers.user == ada.id);
    CHECK(his.user == bob.id);
    CHECK(create_token(member, named("more", bob.id.value)).token.user == bob.id);
    CHECK(create_token(admin, named("for bob", "bob")).token.user == bob.id);
    CHECK(code_of([&] { create_token(member, named("x", "ada")); }) == Code::forbidden);
    CHECK(code_of([&] { create_token(member, named("x", "nobody")); }) == Code::forbidden);
    auto script = world.as(ada, "");
    CHECK(code_of([&] { create_token(script, named("x")); }) == Code::forbidden);
    auto visitor = world.nobody();
    CHECK(code_of([&] { create_token(visitor, named("x")); }) == Code::unauthorized);

    CHECK(code_of([&] { delete_token(member, {hers.id.value}); }) == Code::not_found);
    CHECK(delete_token(member, {his.id.value}).id == his.id);
    CHECK(delete_token(admin, {hers.id.value}).id == hers.id);
    CHECK(list_tokens(world.db).size() == 2);
    CHECK(code_of([&] { delete_token(visitor, {"x"}); }) == Code::unauthorized);
}

TEST_CASE("a token is for a time and for a project that its user sees")
{
    test::Accounts world;
    world.add("ada", Role::admin);
    const auto bob = world.add("bob");
    world.add_project("aa1", bob.id.value);
    world.add_project("aa2", "somebody");
    auto terminal = world.terminal();
    const auto make = [&](const std::string& user, const std::string& project) {
        auto input = named("for " + project, user);
        input.project = project;
        return create_token(terminal, input).token.project;
    };
    CHECK(make("bob", "slug-aa1") == "aa1");
    CHECK(make("bob", "aa") == "aa1");
    CHECK(code_of([&] { make("bob", "aa2"); }) == Code::not_found);
    CHECK(make("ada", "aa2") == "aa2");
    CHECK(code_of([&] { make("ada", "aa"); }) == Code::conflict);

    auto input = named("short", "bob");
    input.expires = "30d";
    const auto expires = create_token(terminal, input).token.expires_at;
    REQUIRE(expires);
    CHECK(*expires > now() + 29LL * 24 * 3'600'000);
    for (const char* wrong : {"0", "soon", "-1d"}) {
        input.expires = wrong;
        CHECK(test::error_of([&] { create_token(terminal, input); })->fields().front().field == "expires");
    }
    for (const char* wrong : {" ", "a\nb"})
        CHECK(test::error_of([&] { create_token(terminal, named(wrong, "bob")); })->fields().front().field ==
              "name");
}

} // namespace skerry::token_actions_test
