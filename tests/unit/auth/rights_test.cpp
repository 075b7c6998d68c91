#include "auth/rights.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::rights_test {

using namespace auth;
using test::code_of;
using Kind = api::Caller::Kind;

TEST_CASE("who may what about accounts")
{
    const api::Caller terminal{};
    const api::Caller nobody{.kind = Kind::nobody};
    const api::Caller admin{.kind = Kind::user, .user = "a", .admin = true, .login = "l"};
    const api::Caller member{.kind = Kind::user, .user = "m", .login = "l"};
    const api::Caller token{.kind = Kind::user, .user = "a", .admin = true};
    const api::Caller narrow{.kind = Kind::user, .user = "a", .admin = true, .only_project = "p"};

    const auto as_admin = [](const api::Caller& caller) { return code_of([&] { require_admin(caller); }); };
    CHECK_FALSE(as_admin(terminal));
    CHECK_FALSE(as_admin(admin));
    CHECK_FALSE(as_admin(token));
    CHECK(as_admin(nobody) == Code::unauthorized);
    CHECK(as_admin(member) == Code::forbidden);
    CHECK(as_admin(narrow) == Code::forbidden);

    const auto as_person = [](const api::Caller& caller) { return code_of([&] { require_person(caller); }); };
    CHECK_FALSE(as_person(terminal));
    CHECK_FALSE(as_person(member));
    CHECK(as_person(nobody) == Code::unauthorized);
    CHECK(as_person(token) == Code::forbidden);

    CHECK(reach_of(terminal).empty());
    CHECK(reach_of(admin).empty());
    CHECK(reach_of(member) == UserId("m"));
    CHECK(code_of([&] { reach_of(nobody); }) == Code::unauthorized);
    CHECK(code_of([&] { reach_of(narrow); }) == Code::forbidden);
}

} // namespace skerry::rights_test
