#include "events/event_log.hpp"
#include "projects/project_store.hpp"
#include "support/database.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using projects::Status;

namespace {

projects::Project some_project(const std::string& id, const std::string& slug)
{
    projects::Project project;
    project.id = projects::ProjectId(id);
    project.slug = slug;
    project.name = slug;
    project.runtime = "sandbox";
    project.model = "demo/scripted";
    project.template_name = "static";
    project.path = "/srv/" + slug;
    project.created_at = 1;
    return project;
}

} // namespace

TEST_CASE("a project is found by slug, id, or a beginning of its id that fits no other")
{
    test::Database db;
    projects::insert(db, some_project("aa11", "hello"));
    projects::insert(db, some_project("aa22", "other"));
    CHECK(projects::require(db, "hello").id.value == "aa11");
    CHECK(projects::require(db, "aa2").slug == "other");
    CHECK(projects::require(db, "aa11").slug == "hello");
    CHECK_THROWS_WITH_AS(projects::require(db, "aa"), doctest::Contains("more than one"), Error);
    CHECK_THROWS_WITH_AS(projects::require(db, "nope"), doctest::Contains("no project 'nope'"), Error);
    CHECK_THROWS_AS(projects::require(db, ""), Error);
}

TEST_CASE("a slug that is taken gets a number, and a deleted project gives its slug back")
{
    test::Database db;
    CHECK(projects::free_slug(db, "hello") == "hello");
    projects::insert(db, some_project("aa11", "hello"));
    projects::insert(db, some_project("aa22", "hello-2"));
    CHECK(projects::free_slug(db, "hello") == "hello-3");
    projects::mark_deleted(db, projects::ProjectId("aa11"));
    CHECK(projects::free_slug(db, "hello") == "hello");
    CHECK(projects::list(db).size() == 1);
}

TEST_CASE("two projects never hold the same port")
{
    test::Database db;
    projects::insert(db, some_project("aa11", "hello"));
    projects::insert(db, some_project("aa22", "other"));
    projects::set_ports(db, projects::ProjectId("aa11"), 20000, 20001, 0);
    CHECK(projects::port_is_held(db, 20001));
    CHECK_THROWS_AS(projects::set_ports(db, projects::ProjectId("aa22"), 20001, 20002, 0), Error);
    projects::set_ports(db, projects::ProjectId("aa11"), 20005, 20006, 20007);
    CHECK_FALSE(projects::port_is_held(db, 20001));
    CHECK(projects::require(db, "hello").model_port == 20007);
}

TEST_CASE("a status is told as an event in the transaction that sets it")
{
    test::Database db;
    projects::insert(db, some_project("aa11", "hello"));
    const projects::ProjectId id("aa11");
    CHECK(projects::move(db, id, Status::created, Status::starting));
    CHECK_FALSE(projects::move(db, id, Status::created, Status::running));
    CHECK(projects::set_status(db, id, Status::error, "the app does not answer"));
    CHECK(projects::require(db, "hello").last_error == "the app does not answer");
    CHECK(projects::set_status(db, id, Status::deleting));
    CHECK_FALSE(projects::set_status(db, id, Status::running));

    const auto told = events::read(db, {.project = "aa11", .types = {"project.status"}}, 0);
    REQUIRE(told.size() == 4);
    CHECK(told[2].fact.payload["error"].view() == "the app does not answer");
}
