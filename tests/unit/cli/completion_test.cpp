#include "cli/completion.hpp"

#include <doctest/doctest.h>

using namespace skerry::cli;

namespace {

std::vector<std::string> offered(const std::vector<std::string>& words)
{
    const Values values = [](std::string_view what) -> std::vector<Candidate> {
        if (what == "PROJECT") return {{"hello", "running"}, {"help-desk", "stopped"}, {"other", ""}};
        if (what == "SESSION") return {{"cafe12", "a title"}};
        if (what == "JOB") return {{"12", "runtime.up"}};
        return {};
    };
    std::vector<std::string> found;
    for (const auto& one : completions(words, values)) found.push_back(one.value);
    return found;
}

using List = std::vector<std::string>;

} // namespace

TEST_CASE("nouns, verbs and commands are completed, hidden ones are not")
{
    CHECK(offered({"proj"}) == List{"projects"});
    CHECK(offered({"projects", "st"}) == List{"start", "stop", "stats"});
    CHECK(offered({"--json", "projects", "cr"}) == List{"create"});
    CHECK(offered({"__"}).empty());
    CHECK(offered({"nonsense", ""}).empty());
}

TEST_CASE("arguments are completed with the names of what is there")
{
    CHECK(offered({"projects", "show", "hel"}) == List{"hello", "help-desk"});
    CHECK(offered({"sessions", "events", ""}) == List{"hello", "help-desk", "other", "cafe12"});
    CHECK(offered({"jobs", "cancel", "12", ""}) == List{"12"});
    CHECK(offered({"projects", "show", "hello", ""}).empty());
}

TEST_CASE("options and their values are completed")
{
    CHECK(offered({"projects", "create", "x", "--no-l"}) == List{"--no-local"});
    CHECK(offered({"projects", "create", "--runtime", ""}) == List{"auto", "sandbox", "docker", "host"});
    CHECK(offered({"projects", "create", "--runtime=s"}) == List{"--runtime=sandbox"});
    CHECK(offered({"projects", "list", "--color", "n"}) == List{"never"});
    CHECK(offered({"--data-dir", ""}) == List{":files"});
    CHECK(offered({"jobs", "list", "--project", "o"}) == List{"other"});
    CHECK(offered({"completion", ""}) == List{"bash", "zsh", "fish"});
}

TEST_CASE("nouns of two words and the words behind -- are completed")
{
    CHECK(offered({"jobs", "ty"}) == List{"types"});
    CHECK(offered({"jobs", "types", "ad"}) == List{"add"});
    CHECK(offered({"jobs", "run", "--wait", "--", ""}) == List{":files"});
    CHECK(offered({"jobs", "run", "--", "ls", "--js"}) == List{":files"});
    CHECK(offered({"jobs", "run", ""}).empty());
}
