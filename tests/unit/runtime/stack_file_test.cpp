#include "runtime/stack_check.hpp"
#include "runtime/stack_file.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using runtime::Plan;

namespace {

struct StackFolder {
    TemporaryFolder folder;
    runtime::Stack stack{.id = "0123456789ab",
                         .folder = folder.path() / "project",
                         .state = folder.path() / "state",
                         .services = {{.name = "app", .command = {"node", "server.mjs"}, .port = 15'299}}};
    StackFolder()
    {
        make_private_folder(stack.folder);
        make_private_folder(stack.state);
    }
};

} // namespace

TEST_CASE("a plan comes back from its file as it was")
{
    const StackFolder place;
    Plan plan{.stack = place.stack,
              .limits = {.memory = 1, .processes = 2, .open_files = 3},
              .fence = runtime::Fence{false, false, true},
              .search_path = "/usr/bin"};
    plan.stack.services.push_back({.name = "agent",
                                   .command = {"opencode", "it's"},
                                   .environment = {{"PASSWORD", "a \"b\"\nc"}},
                                   .own_state = true,
                                   .writes_project = false,
                                   .readable = {"/opt/tool"},
                                   .farewell = runtime::Farewell{"/dispose", "user", "word"}});
    write_file(runtime::stack_file(place.stack.state), to_text(plan));
    const auto read = runtime::read_plan(place.stack.state);
    CHECK(to_text(read) == to_text(plan));
    CHECK(read.stack.services[1].environment == plan.stack.services[1].environment);
    CHECK(read.stack.services[1].readable == plan.stack.services[1].readable);
    CHECK(read.stack.services[1].farewell->password == "word");
    CHECK_FALSE(read.stack.services[0].farewell);
    CHECK(read.fence == plan.fence);
}

TEST_CASE("a stack that makes no sense is refused")
{
    StackFolder place;
    auto& stack = place.stack;
    CHECK_NOTHROW(runtime::check(stack));

    SUBCASE("its state would lie open to its services")
    {
        stack.folder = place.folder.path();
    }
    SUBCASE("the folder is not absolute")
    {
        stack.folder = "project";
    }
    SUBCASE("a service's name leads out of the state folder")
    {
        stack.services[0].name = "../app";
    }
    SUBCASE("two services have one name")
    {
        stack.services.push_back(stack.services[0]);
    }
    SUBCASE("two services want one port")
    {
        stack.services.push_back(stack.services[0]);
        stack.services[1].name = "other";
    }
    SUBCASE("there is nothing to run")
    {
        stack.services[0].command.clear();
    }
    SUBCASE("a variable is not text")
    {
        stack.services[0].environment = {{"NAME", "\xFF"}};
    }
    SUBCASE("a path is not absolute")
    {
        stack.services[0].readable = {"tool"};
    }
    try {
        runtime::check(stack);
        FAIL("it was accepted");
    } catch (const Error& error) {
        CHECK(error.code() == Code::bad_request);
    }
}

TEST_CASE("a file that a service needs and that is not there is named")
{
    StackFolder place;
    place.stack.services[0].readable = {"/no/such/tool"};
    CHECK_THROWS_WITH_AS(runtime::check(place.stack), "app needs /no/such/tool", Error);
}
