#include "runtime/docker/compose_file.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using namespace skerry::runtime;
using docker::Surroundings;

namespace {

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

Stack stack_of_one(Service service)
{
    Stack stack{.id = "abc", .folder = "/data/projects/x", .state = "/data/state/abc", .services = {}};
    stack.instance = "here";
    stack.services.push_back(std::move(service));
    return stack;
}

std::string text_of(const Stack& stack, const Surroundings& surroundings)
{
    return docker::compose_text(stack, surroundings);
}

const Surroundings surroundings{
    .user = 1000, .group = 1001, .subnet = "10.201.0.16/28", .limits = {}, .processors = 4};

} // namespace

TEST_CASE("every service has all limits")
{
    const auto text = text_of(
        stack_of_one(
            {.name = "app",
             .command = {"node", "server.mjs"},
             .port = 20'000,
             .container = {.image = "node:20-slim", .memory = 512U << 20U, .cpus = 1.5, .processes = 128}}),
        surroundings);
    for (const auto* part : {
             R"("image": "node:20-slim")",
             R"("entrypoint": ["node", "server.mjs"])",
             R"("working_dir": "/data/projects/x")",
             R"("user": "1000:1001")",
             R"("init": true)",
             R"("read_only": true)",
             R"("cap_drop": ["ALL"])",
             R"("security_opt": ["no-new-privileges:true"])",
             R"("mem_limit": "536870912")",
             R"("memswap_limit": "536870912")",
             R"("cpus": 1.5)",
             R"("pids_limit": 128)",
             R"("ports": ["127.0.0.1:20000:20000"])",
             R"("max-size": "5m")",
             R"("skerry.instance": "here")",
             R"("skerry.project": "abc")",
             R"("skerry.service": "app")",
             R"("subnet": "10.201.0.16/28")",
             R"("HOME": "/home/app")",
         }) {
        CAPTURE(part);
        CHECK(contains(text, part));
    }
}

TEST_CASE("what a service leaves open is as the runtime's limits say, and no more than the machine has")
{
    auto around = surroundings;
    around.processors = 1;
    const auto text =
        text_of(stack_of_one({.name = "app", .command = {"x"}, .container = {.image = "i"}}), around);
    CHECK(contains(text, R"("mem_limit": "2147483648")"));
    CHECK(contains(text, R"("pids_limit": 512)"));
    CHECK((contains(text, R"("cpus": 1)") || contains(text, R"("cpus": 1.0)")));
}

TEST_CASE("a variable's sign is not Compose's to replace")
{
    const auto text = text_of(stack_of_one({.name = "app",
                                            .command = {"sh", "-c", "echo $HOME ${X:?}"},
                                            .environment = {{"PASSWORD", "a$b"}},
                                            .container = {.image = "i"}}),
                              surroundings);
    CHECK(contains(text, "echo $$HOME $${X:?}"));
    CHECK(contains(text, R"("PASSWORD": "a$$b")"));
}

TEST_CASE("a service sees the project's folder and its own, where they are outside, and no more")
{
    const auto text = text_of(
        stack_of_one(
            {.name = "agent", .command = {"opencode"}, .own_state = true, .container = {.image = "i"}}),
        surroundings);
    CHECK(contains(text, R"("source": "/data/projects/x")"));
    CHECK(contains(text, R"("target": "/data/projects/x")"));
    CHECK(contains(text, R"("source": "/data/state/abc/agent")"));
    CHECK(contains(text, R"("HOME": "/data/state/abc/agent")"));
    CHECK_FALSE(contains(text, R"("/data/state/abc")"));
    const auto model = text_of(stack_of_one({.name = "model",
                                             .command = {"x"},
                                             .own_state = true,
                                             .writes_project = false,
                                             .container = {.image = "i"}}),
                               surroundings);
    CHECK_FALSE(contains(model, R"("/data/projects/x")"));
}

TEST_CASE("skerry itself brings its loader and libraries along")
{
    const auto own = program_path().string();
    const auto text = text_of(stack_of_one({.name = "model",
                                            .command = {own, "__serve-model"},
                                            .readable = {own},
                                            .container = {.image = "i"}}),
                              surroundings);
    CHECK(contains(
        text, R"("entrypoint": ["/opt/skerry/lib/loader", "--library-path", "/opt/skerry/lib", ")" + own));
    CHECK(contains(text, R"("target": "/opt/skerry/lib/libc.so.6")"));
}
