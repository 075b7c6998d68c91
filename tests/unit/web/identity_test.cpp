#include "support/site.hpp"
#include "util/base64.hpp"
#include "web/identity.hpp"

#include <doctest/doctest.h>

namespace skerry::identity_test {

web::Proof proof_of(http::Headers headers)
{
    return web::proof_in({.headers = std::move(headers)});
}

TEST_CASE("a token comes as a bearer's, or as a password")
{
    CHECK(proof_of({{"Authorization", "Bearer  skr_a "}}).text == "skr_a");
    CHECK(proof_of({{"Authorization", "Basic " + base64("opencode:skr_a:b")}}).text == "skr_a:b");
    CHECK(proof_of({{"Authorization", "Basic " + base64("skr_a")}}).text == "skr_a");
    CHECK(proof_of({{"Authorization", "Basic ***"}}).text.empty());
    CHECK(proof_of({{"Authorization", "Digest x"}}).text.empty());
}

TEST_CASE("a login comes in the cookie of that very name")
{
    const auto proof = proof_of({{"Cookie", "a=b; skerry_login=secret; c=d"}});
    CHECK(proof.text == "secret");
    CHECK(proof.is_cookie);
    CHECK(proof_of({{"Cookie", "skerry_login=; skerry_login=secret"}}).text == "secret");
    for (const auto* other : {"xskerry_login=a", "skerry_login2=a", "skerry_login", "a=skerry_login=b", ""})
        CHECK_MESSAGE(proof_of({{"Cookie", other}}).text.empty(), other);
}

TEST_CASE("a token goes before a cookie")
{
    const auto proof = proof_of({{"Cookie", "skerry_login=secret"}, {"Authorization", "Bearer skr_a"}});
    CHECK(proof.text == "skr_a");
    CHECK_FALSE(proof.is_cookie);
}

TEST_CASE("the cookie of a login is for this site alone and no script's, over TLS only where there is TLS")
{
    const test::WholeSite plain;
    CHECK(web::login_cookie(plain.site, "t", 60) ==
          "skerry_login=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=60");
    const test::WholeSite secure({.base_url = "https://skerry.example"});
    CHECK(web::end_of_login_cookie(secure.site) ==
          "skerry_login=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure");
}

} // namespace skerry::identity_test
