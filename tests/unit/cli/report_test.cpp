#include "cli/exit_status.hpp"
#include "cli/lookup.hpp"
#include "cli/report.hpp"
#include "util/descriptor.hpp"

#include <array>
#include <doctest/doctest.h>
#include <unistd.h>

using namespace skerry;

namespace {

std::string told(const Error& error, bool json, const cli::Command* command = nullptr)
{
    const auto pipe = make_pipe();
    cli::Stream stream(pipe.write.get());
    cli::report(error, command, stream, json);
    std::array<char, 4096> text{};
    const auto size = ::read(pipe.read.get(), text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(size)};
}

} // namespace

TEST_CASE("an error is one line, and what to try is another")
{
    CHECK(told({Code::not_found, "there is no project 'x'", {.hint = "skerry projects list"}}, false) ==
          "error: there is no project 'x'\nhint: skerry projects list\n");
    CHECK(told({Code::internal, "odd"}, false) == "error: odd\n");
    CHECK(told({Code::internal, "\x1B[2Jodd"}, false) == "error: odd\n");
}

TEST_CASE("an error is one JSON object when JSON is wanted")
{
    CHECK(told({Code::bad_request, "name is missing", {.hint = "try", .fields = {{"name", "is missing"}}}},
               true) ==
          "{\"error\":{\"code\":\"bad_request\",\"message\":\"name is missing\",\"hint\":\"try\","
          "\"fields\":[{\"field\":\"name\",\"message\":\"is missing\"}]}}\n");
    CHECK(told({Code::internal, "odd"}, true) == "{\"error\":{\"code\":\"internal\",\"message\":\"odd\"}}\n");
}

TEST_CASE("wrong fields are called as on the command line")
{
    const Error error(Code::bad_request, "concurrency must be 1 to 64",
                      {.fields = {{"concurrency", "must be 1 to 64"}}});
    CHECK(told(error, false, cli::command_named("worker", "")) == "error: --concurrency must be 1 to 64\n");
}

TEST_CASE("each kind of error has its exit status")
{
    CHECK(cli::exit_status(Code::bad_request) == 2);
    CHECK(cli::exit_status(Code::not_found) == 3);
    CHECK(cli::exit_status(Code::forbidden) == 4);
    CHECK(cli::exit_status(Code::conflict) == 6);
    CHECK(cli::exit_status(Code::unavailable) == 7);
    CHECK(cli::exit_status(Code::timeout) == 8);
    CHECK(cli::exit_status(Code::cancelled) == 14);
    CHECK(cli::exit_status(Code::internal) == 1);
}
