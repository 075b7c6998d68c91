#include "auth/login_actions.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::login_actions_test {

using namespace auth;
using test::code_of;

TEST_CASE("logins end by id or by user: one's own, and an admin ends any")
{
    test::Accounts world;
    const auto ada = world.add("ada", Role::admin);
    const auto bob = world.add("bob");
    const auto begin = [&](const User& user) { return begin_login(world.db, user.id, {}, now()).id.value; };
    const auto hers = begin(ada);
    const auto his = begin(bob);
    auto member = world.as(bob);
    auto admin = world.as(ada);
    CHECK(code_of([&] { revoke_logins(member, {{hers}, {}}); }) == Code::not_found);
    CHECK(code_of([&] { revoke_logins(member, {{his, hers}, {}}); }) == Code::not_found);
    CHECK(world.count("logins") == 2); // all or none
    CHECK(code_of([&] { revoke_logins(member, {{}, "ada"}); }) == Code::forbidden);
    CHECK(code_of([&] { revoke_logins(member, {{}, "nobody"}); }) == Code::forbidden);
    CHECK(to_json(revoke_logins(member, {{his}, {}}))["logins"].items().front()["id"].view() == his);
    begin(bob);
    begin(bob);
    CHECK(revoke_logins(member, {{}, "BOB"}).logins.size() == 2);
    begin(bob);
    CHECK(revoke_logins(admin, {{}, "bob"}).logins.size() == 1);
    CHECK(revoke_logins(admin, {{}, "bob"}).logins.empty());
    CHECK(code_of([&] { revoke_logins(admin, {{}, "nobody"}); }) == Code::not_found);
    auto terminal = world.terminal();
    CHECK(revoke_logins(terminal, {{hers.substr(0, 8)}, {}}).logins.size() == 1);
}

TEST_CASE("either logins are named or a user")
{
    test::Accounts world;
    auto terminal = world.terminal();
    for (const auto& input : {RevokeLogins{}, RevokeLogins{{"x"}, "ada"}}) {
        const auto error = test::error_of([&] { revoke_logins(terminal, input); });
        REQUIRE(error);
        CHECK(error->code() == Code::bad_request);
        CHECK(error->fields().size() == 2);
    }
    auto visitor = world.nobody();
    CHECK(code_of([&] { revoke_logins(visitor, {{"x"}, {}}); }) == Code::unauthorized);
}

} // namespace skerry::login_actions_test
