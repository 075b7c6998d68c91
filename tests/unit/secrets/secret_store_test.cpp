#include "secrets/logins.hpp"
#include "secrets/secret_store.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <sys/stat.h>

namespace skerry::secret_store_test {

namespace fs = std::filesystem;

struct World {
    TemporaryFolder folder;
    Paths paths{folder.path()};

    [[nodiscard]] std::vector<std::string> names() const
    {
        std::vector<std::string> found;
        for (const auto& secret : secrets::list(paths)) found.push_back(secret.name + ":" + secret.kind);
        return found;
    }
};

unsigned mode_of(const fs::path& path)
{
    struct stat facts {};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    return facts.st_mode & 0777U;
}

using Names = std::vector<std::string>;

TEST_CASE("a key is its owner's alone, is replaced, and is gone when it is deleted")
{
    const World world;
    CHECK(secrets::list(world.paths).empty());
    CHECK(secrets::environment(world.paths).empty());
    secrets::set(world.paths, "B_KEY", "one");
    secrets::set(world.paths, "A_KEY", "two");
    secrets::set(world.paths, "B_KEY", "three");
    CHECK(world.names() == Names{"A_KEY:variable", "B_KEY:variable"});
    CHECK(secrets::environment(world.paths) == secrets::Variables{{"A_KEY", "two"}, {"B_KEY", "three"}});
    CHECK(mode_of(world.paths.secrets()) == 0700);
    CHECK(mode_of(world.paths.secrets() / "A_KEY") == 0600);

    secrets::remove(world.paths, "A_KEY");
    CHECK(world.names() == Names{"B_KEY:variable"});
    CHECK_THROWS_WITH_AS(secrets::remove(world.paths, "A_KEY"), "there is no secret 'A_KEY'", Error);
    CHECK_THROWS_AS(secrets::remove(world.paths, "../skerry.db"), Error);
}

TEST_CASE("what is no key is refused before anything is written")
{
    const World world;
    for (const char* name :
         {"", "lower", "1ST", "A-B", "A B", "../A", "A/B", "A=B", "PATH", "HOME", "LD_PRELOAD",
          "NODE_OPTIONS", "XDG_DATA_HOME", "OPENCODE_CONFIG", "SKERRY_DATA_DIR"})
        CHECK_THROWS_AS_MESSAGE(secrets::set(world.paths, name, "value"), Error, name);
    for (const auto& value : {std::string(), std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"),
                              std::string(32'769, 'x')})
        CHECK_THROWS_AS(secrets::set(world.paths, "KEY", value), Error);
    CHECK_FALSE(fs::exists(world.paths.secrets()));
}

TEST_CASE("logins are taken over, shown without their keys, and forgotten one by one")
{
    const World world;
    secrets::add_logins(world.paths, R"({"one":{"type":"api","key":"k1"},"two":{"type":"api","key":"old"}})");
    CHECK(secrets::add_logins(
              world.paths, R"({"two":{"type":"oauth","access":"a2","refresh":"r2","expires":1},"odd":7})") ==
          Names{"two"});
    CHECK(world.names() == Names{"one:login", "two:login"});
    CHECK(mode_of(secrets::logins_file(world.paths)) == 0600);
    auto values = secrets::values(world.paths);
    std::sort(values.begin(), values.end());
    CHECK(values == Names{"a2", "k1", "r2"});
    const auto given = secrets::environment(world.paths);
    REQUIRE(given.size() == 1);
    CHECK(given.front().first == "OPENCODE_AUTH_CONTENT");
    CHECK(api::Json::parse(given.front().second)["two"]["refresh"].text() == "r2");

    secrets::remove(world.paths, "one");
    secrets::remove(world.paths, "two");
    CHECK(secrets::environment(world.paths).empty());
    for (const char* nothing : {"", "{}", "[]", "not json", R"({"one":"key"})"})
        CHECK_THROWS_WITH_AS(secrets::add_logins(world.paths, nothing), "there is no login in it", Error);
}

} // namespace skerry::secret_store_test
