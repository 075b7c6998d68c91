#include "web/route.hpp"

#include <doctest/doctest.h>
#include <set>

namespace skerry::route_test {

using web::matched;
using Parts = std::vector<std::string>;

TEST_CASE("a path fits a pattern part by part, and gives what stands for its names")
{
    CHECK(matched("/api/projects", "/api/projects") == Parts{});
    CHECK(matched("/api/projects/:id", "/api/projects/p1") == Parts{"p1"});
    CHECK(matched("/a/:b/c/:d", "/a/1/c/2") == Parts{"1", "2"});
    CHECK(matched("/", "/") == Parts{});
}

TEST_CASE("a path that is shorter, longer or another does not fit")
{
    for (const auto* path :
         {"/", "/api", "/api/projects", "/api/projects/", "/api/projects/p1/", "/api/projects/p1/x",
          "/API/projects/p1", "//api/projects/p1", "/api//projects/p1"})
        CHECK_MESSAGE(!matched("/api/projects/:id", path), path);
    CHECK_FALSE(matched("/", "/x"));
}

TEST_CASE("a star takes the rest, which may be nothing")
{
    CHECK(matched("/p/:id/agent/*", "/p/1/agent/a/b") == Parts{"1", "/a/b"});
    CHECK(matched("/p/:id/agent/*", "/p/1/agent/") == Parts{"1", "/"});
    CHECK(matched("/p/:id/agent/*", "/p/1/agent") == Parts{"1", ""});
    CHECK_FALSE(matched("/p/:id/agent/*", "/p/1/agents/a"));
}

TEST_CASE("no two addresses have the same method and pattern, and each is described")
{
    std::set<std::string> seen;
    for (const auto& route : web::routes()) {
        CHECK_MESSAGE(seen.insert(std::string(route.method) + " " + std::string(route.pattern)).second,
                      route.pattern);
        CHECK(route.pattern.starts_with('/'));
        CHECK_FALSE(route.summary.empty());
        CHECK(static_cast<bool>(route.answer));
    }
}

} // namespace skerry::route_test
