#include "util/base64.hpp"

#include <doctest/doctest.h>

using namespace skerry;

TEST_CASE("base64 gives back what it was given, whatever the length")
{
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        CHECK(from_base64(base64(bytes)) == bytes);
        bytes.push_back(static_cast<char>(i * 7));
    }
    CHECK(base64("any carnal pleas") == "YW55IGNhcm5hbCBwbGVhcw==");
    CHECK(base64("").empty());
}

TEST_CASE("what is not base64 is nothing")
{
    for (const auto* wrong : {"Y", "YW5", "YW5!", "Y===", "YW==YW==", "====", " YW5", "YW5\n"})
        CHECK_FALSE(from_base64(wrong));
}
