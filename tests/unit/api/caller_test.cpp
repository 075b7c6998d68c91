#include "api/caller.hpp"

#include <doctest/doctest.h>

using skerry::api::Caller;
using skerry::api::sees;
using skerry::api::sees_all;

TEST_CASE("the terminal and administrators see every project, members their own, nobody none")
{
    const Caller terminal;
    const Caller nobody{.kind = Caller::Kind::nobody};
    const Caller member{.kind = Caller::Kind::user, .user = "ann"};
    const Caller admin{.kind = Caller::Kind::user, .user = "bob", .admin = true};
    CHECK(sees(terminal, "p", std::nullopt));
    CHECK(sees(admin, "p", "ann"));
    CHECK(sees(member, "p", "ann"));
    CHECK_FALSE(sees(member, "p", "bob"));
    CHECK_FALSE(sees(member, "p", std::nullopt));
    CHECK_FALSE(sees(nobody, "p", std::nullopt));
    CHECK_FALSE(sees_all(member));
}

TEST_CASE("a token for one project opens no other, whoever owns it")
{
    const Caller token{.kind = Caller::Kind::user, .user = "bob", .admin = true, .only_project = "p"};
    CHECK(sees(token, "p", "ann"));
    CHECK_FALSE(sees(token, "q", "bob"));
    CHECK_FALSE(sees_all(token));
}
