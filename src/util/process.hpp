#pragma once

#include "util/descriptor.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace skerry::process {

/// A program to start, never through a shell.
struct Command {
    std::vector<std::string> words; ///< the program, looked up in our PATH, and its arguments
    std::filesystem::path folder{}; ///< where it runs, also where "./program" is looked for; empty: here
    std::vector<std::pair<std::string, std::string>> environment{}; ///< added to ours, or all there is
    bool clean_environment = false;                                 ///< true: `environment` is all it gets
    std::string input{};                                            ///< its standard input; empty: /dev/null
    std::vector<int> kept{}; ///< our descriptors that become its 3, 4 ...; they stay the caller's
};

/// How a process ended: by exit(code) or by a signal.
struct Ending {
    int code = 0;   ///< as a shell shows it: 128 + signal after a signal
    int signal = 0; ///< 0 when it exited by itself
    [[nodiscard]] bool good() const noexcept { return code == 0; }
    [[nodiscard]] std::string text() const; ///< "exit code 3", "killed by signal 9"
};

/// A child process with a process group of its own and only descriptors 0 to 2 and those it was to keep. The
/// destructor kills what is left of the group and reaps the child: until then its pid belongs to nobody else.
class Child {
public:
    /// Starts it; `output` and `errors` become its stdout and stderr and stay the caller's.
    /// Throws Error: not_found when there is no such program or folder, bad_request when a word cannot be
    /// passed on (it holds a NUL), unavailable for other reasons.
    Child(const Command& command, int output, int errors);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    /// Becomes readable when the child has ended.
    [[nodiscard]] int handle() const noexcept { return handle_.get(); }
    /// Its ending if it has ended; does not block. Throws Error when somebody else has reaped it.
    std::optional<Ending> poll();
    /// Blocks until it has ended or `timeout` is over.
    std::optional<Ending> wait(std::chrono::milliseconds timeout);
    /// Sends a signal to the whole group, also to what the child has left of it when it ended.
    void signal(int number) const noexcept;

private:
    pid_t pid_ = -1;
    Descriptor handle_;
    std::optional<Ending> ending_;
};

struct Limits {
    std::chrono::milliseconds timeout = std::chrono::minutes(15);
    std::chrono::milliseconds grace = std::chrono::seconds(2); ///< between TERM and KILL
};

/// Runs `command` and hands each line of its output (stderr mixed in) to `line` on this thread, without the
/// line feed; a line of more than a mebibyte comes in pieces. What it leaves running is killed when it ends.
///
/// Whatever other way it is left (stop, timeout, `line` throwing) the whole process group has been killed:
/// TERM first, KILL after `grace` or as soon as the command itself has ended.
///
/// Throws Error: cancelled on stop, timeout after `timeout`, and what Child throws.
Ending run(const Command& command, const std::function<void(std::string_view)>& line,
           std::stop_token stop = {}, Limits limits = {});

/// Runs `command` and returns all it wrote, byte for byte. Throws Error as run() does, too_large above 64
/// MiB, and unavailable with its last lines when it did not exit with 0.
std::string output_of(const Command& command, std::stop_token stop = {}, Limits limits = {});

/// The full path of a program, looked up in the absolute folders of PATH; nothing when it is not there.
std::optional<std::filesystem::path> find_program(std::string_view name);

} // namespace skerry::process
