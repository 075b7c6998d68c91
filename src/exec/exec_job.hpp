#pragma once

#include "api/field.hpp"
#include "queue/kind.hpp"
#include "queue/run.hpp"
#include "util/process.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// Commands as jobs: what the person who adds one typed is run, in a process group of its own, and what it
/// writes becomes the job's log. docs/exec.md says what a command can count on.
namespace skerry::exec {

/// How long a command may take unless it was said.
constexpr std::chrono::milliseconds usual_timeout = std::chrono::hours(24);

/// One command. Retries are for who asks for them: nobody knows whether it may be run twice.
struct Exec {
    static constexpr queue::Policy policy{.kind = "exec", .attempts = 1, .timeout = usual_timeout};
    std::vector<std::string> command{};     ///< the program and its arguments, never through a shell ...
    std::optional<std::string> shell{};     ///< ... or a text for /bin/sh
    std::string folder{};                   ///< an absolute path
    std::vector<std::string> environment{}; ///< "NAME=value", added to the worker's own
    std::optional<std::string> input{};     ///< its standard input
};
constexpr auto fields(api::Tag<Exec>)
{
    return std::array{
        api::field<&Exec::command>("command", "The program and its arguments", {.max = 10'000}),
        api::field<&Exec::shell>("shell", "A text for /bin/sh instead", {.min = 1}),
        api::field<&Exec::folder>("folder", "Where it runs", {.min = 1, .max = 4096}),
        api::field<&Exec::environment>("environment", "NAME=value, added to the worker's own", {.max = 1000}),
        api::field<&Exec::input>("input", "Its standard input"),
    };
}

/// The handler. Throws Error as queue::Run says: a command that ends with another code than 0 and 75, or by a
/// signal, is a failed attempt.
void perform_exec(queue::Run& run, const Exec& args);

/// What both kinds of commands have in common: ends what an attempt before has left, runs the command with
/// everything that docs/exec.md promises it, and makes its ending the job's.
void perform_command(queue::Run& run, process::Command command);

/// "NAME=value" in two. Throws Error bad_request when there is no name.
std::pair<std::string, std::string> variable(const std::string& text);

} // namespace skerry::exec
