#include "assets/asset.hpp"
#include "util/text.hpp"

#include <doctest/doctest.h>

namespace skerry::asset_test {

using assets::safe_name;

TEST_CASE("a plain name stays as it is")
{
    for (const auto* name : {"a.png", "A_b-c.tar.gz", "größe.svg", "日本.txt", "no-end"})
        CHECK(safe_name(name) == name);
}

TEST_CASE("folders before a name are left out, whoever's they are")
{
    CHECK(safe_name("/etc/passwd") == "passwd");
    CHECK(safe_name("../../a.png") == "a.png");
    CHECK(safe_name("C:\\pictures\\a.png") == "a.png");
    CHECK(safe_name("a/b\\c") == "c");
}

TEST_CASE("a name never leads out of its folder, is never hidden and never empty")
{
    for (const auto* name : {"", ".", "..", "...", "/", "a/..", "a/", "..\\..", "./"})
        CHECK_MESSAGE(safe_name(name) == "file", name);
    CHECK(safe_name(".htaccess") == "htaccess");
    CHECK(safe_name("..a") == "a");
    CHECK(safe_name(".upload-123") == "upload-123");
}

TEST_CASE("what a shell, a page or a log would take for something else becomes a dash")
{
    CHECK(safe_name("a b\n\"c\"<d>.png") == "a-b--c--d-.png");
    CHECK(safe_name(std::string("a\0b", 3)) == "a-b");
    CHECK(safe_name("%2e%2e%2fa") == "-2e-2e-2fa");
}

TEST_CASE("a name of other bytes than letters is made one of letters")
{
    CHECK(safe_name("a\xff.png") == "a\xEF\xBF\xBD.png");
    CHECK(is_utf8(safe_name("\xC3")));
}

TEST_CASE("a long name is cut before its end, between two letters")
{
    CHECK(safe_name(std::string(300, 'x') + ".jpeg") == std::string(195, 'x') + ".jpeg");
    CHECK(safe_name(std::string(300, 'x')) == std::string(200, 'x'));
    std::string wide;
    for (int i = 0; i < 150; ++i) wide += "ü";
    const auto cut = safe_name(wide + ".p");
    CHECK(cut.size() == 200);
    CHECK(is_utf8(cut));
    CHECK(cut.ends_with(".p"));
    CHECK(safe_name("x." + std::string(300, 'y')).size() == 200);
}

} // namespace skerry::asset_test
