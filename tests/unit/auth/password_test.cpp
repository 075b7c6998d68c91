#include "auth/password.hpp"
#include "util/text.hpp"

#include <doctest/doctest.h>

namespace skerry::password_test {

using namespace auth;

std::string hex(const std::string& bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char letter : bytes) {
        const auto byte = static_cast<unsigned char>(letter);
        text.append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    return text;
}

constexpr ScryptCost cheap{.cost = 16};

TEST_CASE("scrypt gives what RFC 7914 says")
{
    CHECK(hex(scrypt("", "", {.cost = 16, .block_size = 1, .lanes = 1}, 64)) ==
          "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
          "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
    CHECK(hex(scrypt("password", "NaCl", {.cost = 1024, .block_size = 8, .lanes = 16}, 64)) ==
          "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
          "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    CHECK(hex(scrypt("pleaseletmein", "SodiumChloride", {.cost = 16384, .block_size = 8, .lanes = 1}, 64)) ==
          "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
          "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

TEST_CASE("a hash is text with its parameters, is never the same twice, and knows its password alone")
{
    const auto hash = hash_password("correct horse");
    const auto parts = split(hash, '$');
    REQUIRE(parts.size() == 6);
    CHECK(join({parts.begin(), parts.begin() + 4}, "$") == "scrypt$32768$8$1");
    CHECK(parts[4].size() == 24); // 16 bytes
    CHECK(parts[5].size() == 88); // 64 bytes
    CHECK(hash != hash_password("correct horse"));
    CHECK(password_matches("correct horse", hash));
    CHECK_FALSE(password_matches("correct horsf", hash));
    CHECK_FALSE(password_matches("correct hors", hash));
    CHECK_FALSE(password_matches("", hash));
    const std::string long_one(longest_password, 'x');
    CHECK(password_matches(long_one, hash_password(long_one, cheap)));
    CHECK_FALSE(password_matches(long_one + "x", hash_password(long_one, cheap)));
}

TEST_CASE("no password matches a hash that cannot be read, or that would cost too much to try")
{
    const auto hash = hash_password("correct horse", cheap);
    CHECK(password_matches("correct horse", hash));
    const auto key = hash.substr(hash.find("$8$1$") + 5);
    for (const auto& bad :
         {std::string(), std::string("scrypt"), "bcrypt$16$8$1$" + key, "scrypt$15$8$1$" + key,
          "scrypt$0$8$1$" + key, "scrypt$1$8$1$" + key, "scrypt$1073741824$8$1$" + key,
          "scrypt$16$0$1$" + key, "scrypt$16$99$1$" + key, "scrypt$16$8$0$" + key, "scrypt$16$8$-1$" + key,
          std::string("scrypt$16$8$1$!$!"), std::string("scrypt$16$8$1$$"), hash + "$"}) {
        CAPTURE(bad);
        CHECK_FALSE(password_matches("correct horse", bad));
        CHECK(needs_rehash(bad));
    }
}

TEST_CASE("what was made with less than is usual by now is to be made anew")
{
    CHECK(needs_rehash(hash_password("correct horse", cheap)));
    CHECK(needs_rehash(hash_password("correct horse", {.cost = 32'768, .block_size = 4})));
    CHECK_FALSE(needs_rehash(hash_password("correct horse")));
    CHECK_FALSE(needs_rehash(hash_password("correct horse", {.cost = 65'536})));
}

TEST_CASE("for a name that nobody has there is a hash that costs the same and that no password has")
{
    CHECK(hash_of_nobody().starts_with("scrypt$32768$8$1$"));
    CHECK_FALSE(needs_rehash(hash_of_nobody()));
    CHECK_FALSE(password_matches("", hash_of_nobody()));
}

TEST_CASE("a password that is made is long enough and never the same")
{
    const auto password = random_password();
    CHECK(password.size() == 24);
    CHECK(password != random_password());
    CHECK(password.find_first_not_of("abcdefghijkmnpqrstuvwxyz23456789") == std::string::npos);
}

} // namespace skerry::password_test
