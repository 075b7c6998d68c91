#include "auth/proof.hpp"

#include <doctest/doctest.h>

namespace skerry::proof_test {

TEST_CASE("a proof is 43 letters that may stand in an address, never the same twice")
{
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < 50; ++i) {
        const auto proof = auth::random_proof();
        CHECK(proof.size() == 43);
        CHECK(proof.find_first_not_of(letters) == std::string::npos);
        CHECK(proof != auth::random_proof());
    }
}

TEST_CASE("its digest is SHA-256")
{
    CHECK(auth::digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(auth::digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

} // namespace skerry::proof_test
