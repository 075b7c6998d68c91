#include "projects/slug.hpp"

#include <doctest/doctest.h>

using namespace skerry::projects;

TEST_CASE("slugs are lower-case words that need no quoting anywhere")
{
    CHECK(slug_of("My App!") == "my-app");
    CHECK(slug_of("  --Hello,   World-- ") == "hello-world");
    CHECK(slug_of("Ünïcödé") == "n-c-d");
    CHECK(slug_of("漢字") == "project");
    CHECK(slug_of("../../etc/passwd") == "etc-passwd");
    CHECK(slug_of(std::string(500, 'x')).size() == 40);
}

TEST_CASE("a prompt's first words name the project")
{
    CHECK(name_from_prompt("Build a todo app with a red button") == "Build a todo app with");
    CHECK(name_from_prompt("\n\n  hi \t there\n") == "hi there");
    CHECK(name_from_prompt(" ") == "project");
}
