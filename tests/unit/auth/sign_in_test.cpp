#include "auth/sign_in.hpp"
#include "support/accounts.hpp"

#include <doctest/doctest.h>

namespace skerry::sign_in_test {

using namespace auth;

constexpr Time start = 1'800'000'000'000;
const Origin home{"192.0.2.7", "a browser"};

TEST_CASE("a right password proves who it is, and its hash is made anew when more has become usual")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    const auto before = *password_hash(world.db, ada.id);
    CHECK(needs_rehash(before));
    const auto proven = prove(world.db, "ADA", test::Accounts::password, home, start);
    REQUIRE(proven);
    CHECK(proven->user.id == ada.id);
    const auto after = *password_hash(world.db, ada.id);
    CHECK(after == proven->hash);
    CHECK(after != before);
    CHECK_FALSE(needs_rehash(after));
    const auto again = prove(world.db, "ada", test::Accounts::password, home, start);
    REQUIRE(again);
    CHECK(again->hash == after);
}

TEST_CASE("wrong passwords and unknown names are told apart by nothing, also when they were too many")
{
    test::Accounts world;
    world.add("ada");
    for (const char* name : {"ada", "nobody"}) {
        for (int i = 0; i < 5; ++i) CHECK_FALSE(prove(world.db, name, "wrong password", {}, start));
        const auto refused =
            test::error_of([&] { prove(world.db, name, test::Accounts::password, {}, start); });
        REQUIRE(refused);
        CHECK(refused->code() == Code::rate_limited);
        CHECK(std::string(refused->what()) == "too many wrong passwords: wait 1 s");
    }
    CHECK(prove(world.db, "ada", test::Accounts::password, {}, start + 1000));
    CHECK_FALSE(prove(world.db, "ada", "wrong password", {}, start + 1000));
}

} // namespace skerry::sign_in_test
