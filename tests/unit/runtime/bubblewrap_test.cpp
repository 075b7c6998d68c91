#include "runtime/sandbox/bubblewrap.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using runtime::Fence;

namespace {

runtime::Stack stack()
{
    return {.id = "0123456789ab",
            .folder = "/data/projects/shop",
            .state = "/data/state/0123456789ab",
            .services = {{.name = "app", .command = {"sh"}, .environment = {{"PASSWORD", "word"}}}}};
}

std::string options_of(const runtime::Stack& stack, const Fence& fence = {})
{
    return " " + join(sandbox_options(stack, stack.services[0], fence), " ") + " ";
}

bool has(const std::string& options, const std::string& part)
{
    return options.find(" " + part + " ") != std::string::npos;
}

} // namespace

TEST_CASE("a sandbox has its own namespaces, no capabilities and ends with its parent")
{
    const auto options = options_of(stack());
    for (const auto* option :
         {"--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-user", "--disable-userns",
          "--unshare-cgroup", "--die-with-parent", "--new-session", "--cap-drop ALL"})
        CHECK_MESSAGE(has(options, option), option);
    CHECK_FALSE(has(options, "--unshare-net"));
}

TEST_CASE("namespaces that this machine does not give are left out")
{
    const auto options = options_of(stack(), {.user = false, .no_more_users = true, .cgroup = false});
    CHECK(options.find("user") == std::string::npos);
    CHECK_FALSE(has(options, "--unshare-cgroup"));
    CHECK(has(options, "--unshare-pid"));
}

TEST_CASE("only the project is writable; the kernel's settings and the system are not")
{
    const auto options = options_of(stack());
    CHECK(has(options, "--bind /data/projects/shop /data/projects/shop"));
    CHECK(has(options, "--chdir /data/projects/shop"));
    CHECK(has(options, "--ro-bind /usr /usr"));
    CHECK(has(options, "--ro-bind-try /proc/sys /proc/sys"));
    CHECK(has(options, "--remount-ro /"));
    CHECK(options.find("/data/state") == std::string::npos);
    CHECK(options.find("/root") == std::string::npos);
    CHECK(options.find("shadow") == std::string::npos);
    CHECK(options.find("ssl/private") == std::string::npos);
    std::size_t writable = 0;
    for (auto at = options.find(" --bind "); at != std::string::npos; at = options.find(" --bind ", at + 1))
        ++writable;
    CHECK(writable == 1);
}

TEST_CASE("a state of its own is HOME; a service without the project does not have it")
{
    auto with_state = stack();
    with_state.services[0].own_state = true;
    with_state.services[0].writes_project = false;
    with_state.services[0].readable = {"/opt/tool"};
    const auto options = options_of(with_state);
    CHECK(has(options, "--bind /data/state/0123456789ab/app /data/state/0123456789ab/app"));
    CHECK(has(options, "--setenv HOME /data/state/0123456789ab/app"));
    CHECK(has(options, "--ro-bind /opt/tool /opt/tool"));
    CHECK(options.find("shop") == std::string::npos);
}

TEST_CASE("a variable cannot smuggle an option in")
{
    using namespace std::string_literals;
    auto forged = stack();
    SUBCASE("by its value")
    {
        forged.services[0].environment = {{"NAME", "x\0--bind\0/\0/"s}};
    }
    SUBCASE("by its name")
    {
        forged.services[0].environment = {{"NAME=x", ""}};
    }
    SUBCASE("by a path")
    {
        forged.services[0].readable = {"/x\0--bind"s};
    }
    CHECK_THROWS_AS(options_of(forged), Error);
}

TEST_CASE("the program of a service must be there and to be seen")
{
    auto service = stack();
    CHECK(program_in_sandbox(service, service.services[0]).filename() == "sh");
    service.services[0].command = {"/bin/sh"};
    CHECK(program_in_sandbox(service, service.services[0]) == "/bin/sh");
    service.services[0].command = {"no-such-program"};
    CHECK_THROWS_WITH_AS(program_in_sandbox(service, service.services[0]),
                         doctest::Contains("no-such-program"), Error);
    service.services[0].command = {"/etc/passwd"};
    CHECK_THROWS_AS(program_in_sandbox(service, service.services[0]), Error);
}
