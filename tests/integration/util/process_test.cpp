#include "support/forked.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>

using namespace skerry;
using namespace std::chrono_literals;
using process::Command;
using process::output_of;

namespace {

Command shell(const std::string& script)
{
    return {.words = {"sh", "-c", script}};
}

struct Told {
    process::Ending ending;
    std::vector<std::string> lines;
};

Told run(const Command& command)
{
    Told told;
    told.ending = process::run(command, [&](std::string_view line) { told.lines.emplace_back(line); });
    return told;
}

std::ptrdiff_t open_files()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// What run() throws, and whether every process that the script named (a pid in each line) is gone then.
/// The script may not end by itself.
Code code_and_none_left(const std::string& script, std::stop_source stop, process::Limits limits)
{
    std::vector<pid_t> pids;
    const auto keep = [&](std::string_view line) {
        if (line == "stop")
            stop.request_stop();
        else if (line == "throw")
            throw Error(Code::conflict, "the test has heard enough");
        else
            pids.push_back(std::stoi(std::string(line)));
    };
    try {
        process::run(shell(script), keep, stop.get_token(), limits);
    } catch (const Error& fault) {
        CHECK(pids.size() >= 2);
        for (const pid_t pid : pids) CHECK(test::becomes_true([&] { return !test::is_running(pid); }));
        return fault.code();
    }
    return Code::internal;
}

const std::string family =
    "echo $$; sh -c 'echo $$; sleep 1000' & sh -c 'trap \"\" TERM; echo $$; sleep 1000' & ";

} // namespace

TEST_CASE("a process ends with its exit code or its signal")
{
    CHECK(run(shell("exit 0")).ending.good());
    CHECK(run(shell("exit 3")).ending.code == 3);
    CHECK(run(shell("exit 3")).ending.text() == "exit code 3");
    const auto killed = run(shell("kill -9 $$")).ending;
    CHECK(killed.signal == 9);
    CHECK(killed.code == 137);
    CHECK(killed.text() == "killed by signal 9");
}

TEST_CASE("a program or folder that is not there is named")
{
    CHECK_THROWS_WITH_AS(run({.words = {"no-such-program-here"}}), doctest::Contains("no-such-program-here"),
                         Error);
    CHECK_THROWS_WITH_AS(run({.words = {"true"}, .folder = "/no/such/folder"}),
                         doctest::Contains("in /no/such/folder"), Error);
    CHECK_THROWS_AS(run({}), Error);
    try {
        run({.words = {"/no/such/program"}});
    } catch (const Error& fault) {
        CHECK(fault.code() == Code::not_found);
    }
}

TEST_CASE("a word with a NUL is refused, not cut")
{
    CHECK_THROWS_AS(run({.words = {"echo", std::string("a\0b", 3)}}), Error);
    CHECK_THROWS_AS(run({.words = {"true"}, .environment = {{"NAME", std::string("\0", 1)}}}), Error);
}

TEST_CASE("output comes as lines, the last one also without a line feed")
{
    CHECK(run(shell("printf 'one\\n\\ntwo\\nthree'")).lines ==
          std::vector<std::string>{"one", "", "two", "three"});
    CHECK(run(shell("echo out; echo err >&2")).lines == std::vector<std::string>{"out", "err"});
    CHECK(run(shell("printf 'a\\000b\\n'")).lines == std::vector<std::string>{std::string("a\0b", 3)});
    CHECK(run(shell(":")).lines.empty());
}

TEST_CASE("a very long line comes in pieces, and nothing of it is lost")
{
    const auto told = run(shell("head -c 5000000 /dev/zero | tr '\\0' x; echo; echo end"));
    CHECK(told.lines.size() > 2);
    CHECK(told.lines.back() == "end");
    CHECK(join(told.lines, "").size() == 5'000'003);
}

TEST_CASE("ten megabytes of output arrive whole, byte for byte")
{
    CHECK(run(shell("yes 123456789 | head -n 1000000")).lines.size() == 1'000'000);
    CHECK(output_of(shell("yes 123456789 | head -n 1000000")).size() == 10'000'000);
    CHECK(output_of(shell("printf 'no line feed'")) == "no line feed");
    CHECK(output_of(shell("head -c 3000000 /dev/zero | tr '\\0' x")).size() == 3'000'000);
}

TEST_CASE("more output than anybody should keep is refused")
{
    try {
        output_of(shell("yes"));
        FAIL("yes came to an end");
    } catch (const Error& fault) {
        CHECK(fault.code() == Code::too_large);
    }
}

TEST_CASE("the last words of a command that failed are told")
{
    CHECK_THROWS_WITH_AS(output_of(shell("echo first; echo 'fatal: é' >&2; exit 2")),
                         doctest::Contains("exit code 2: first fatal: é"), Error);
}

TEST_CASE("at the timeout the whole group is gone, grandchildren and those that ignore TERM too")
{
    CHECK(code_and_none_left(family + "wait", {}, {.timeout = 500ms, .grace = 100ms}) == Code::timeout);
}

TEST_CASE("a stop request ends the whole group, however long the timeout")
{
    CHECK(code_and_none_left(family + "sleep 0.1; echo stop; wait", {}, {.timeout = 1h, .grace = 100ms}) ==
          Code::cancelled);
}

TEST_CASE("a stop request from another thread ends a command that says nothing")
{
    std::stop_source stop;
    std::atomic<bool> begun = false;
    std::jthread stopper([&] {
        begun.wait(false);
        stop.request_stop();
    });
    const auto begin = [&](std::string_view) {
        begun = true;
        begun.notify_all();
    };
    CHECK_THROWS_WITH_AS(process::run(shell("echo begun; exec sleep 1000"), begin, stop.get_token()),
                         doctest::Contains("was stopped"), Error);
}

TEST_CASE("a command is not even started when the stop came before")
{
    const TemporaryFolder folder;
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS(output_of({.words = {"touch", "made"}, .folder = folder.path()}, stop.get_token()),
                    Error);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "made"));
}

TEST_CASE("stop and timeout also end a command that has closed its output")
{
    const auto code_of = [](const std::stop_token& stop, process::Limits limits) {
        try {
            output_of(shell("exec >&- 2>&-; exec sleep 1000"), stop, limits);
        } catch (const Error& fault) {
            return fault.code();
        }
        return Code::internal;
    };
    CHECK(code_of({}, {.timeout = 100ms}) == Code::timeout);
    std::stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    CHECK(code_of(stop.get_token(), {}) == Code::cancelled);
}

TEST_CASE("a callback that throws leaves no process, and its exception comes out")
{
    CHECK(code_and_none_left(family + "sleep 0.1; echo throw; wait", {}, {.grace = 100ms}) == Code::conflict);
    CHECK_THROWS_AS(
        process::run(shell("echo; sleep 1000"), [](std::string_view) { throw std::out_of_range("x"); }),
        std::out_of_range);
}

TEST_CASE("a command that is asked to end may do so in its own way, and talk meanwhile")
{
    const TemporaryFolder folder;
    auto command = shell(
        "trap 'head -c 1000000 /dev/zero; touch tidy; exit' TERM; echo go; while :; do sleep 0.01; done");
    command.folder = folder.path();
    std::stop_source stop;
    CHECK_THROWS_AS(process::run(command, [&](std::string_view) { stop.request_stop(); }, stop.get_token(),
                                 {.grace = 1min}),
                    Error);
    CHECK(std::filesystem::exists(folder.path() / "tidy"));
}

TEST_CASE("a grandchild that keeps the pipe open does not keep the caller")
{
    CHECK(run(shell("sleep 1000 & echo done")).lines == std::vector<std::string>{"done"});
    // In a session of its own it escapes the group: the test ends it.
    const auto told = run(shell("setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.2"));
    REQUIRE(told.lines.size() == 1);
    ::kill(std::stoi(told.lines[0]), SIGKILL);
}

TEST_CASE("a grandchild that goes on writing for ever does not keep the caller either")
{
    CHECK(run(shell("yes & echo done")).ending.good());
    const auto told = run(shell("setsid sh -c 'echo $$; exec yes' & sleep 0.2"));
    ::kill(std::stoi(told.lines.at(0)), SIGKILL);
}

TEST_CASE("what a command leaves in its group is killed when it has ended")
{
    const auto told = run(shell("sleep 1000 >/dev/null 2>&1 & echo $!"));
    CHECK(test::becomes_true([&] { return !test::is_running(std::stoi(told.lines.at(0))); }));
}

TEST_CASE("a child gets descriptors 0 to 2 and no others")
{
    const Descriptor leak(::open("/dev/null", O_RDONLY)); // as a careless library opens it
    const Descriptor high(::fcntl(leak.get(), F_DUPFD, 100));
    CHECK(output_of({.words = {"ls", "/proc/self/fd"}}) == "0\n1\n2\n3\n"); // 3 is its own, of that folder
}

TEST_CASE("a command is started rightly by a program whose own standard files are closed")
{
    test::Forked copy([] {
        for (int number = 0; number < 3; ++number) ::close(number);
        if (output_of({.words = {"cat"}, .input = "through"}) != "through")
            throw std::logic_error("not passed on");
        if (!output_of({.words = {"cat"}}).empty()) throw std::logic_error("something came in");
    });
    CHECK(copy.wait() == 0);
}

TEST_CASE("an ignored SIGCHLD, which a program inherits, does not lose the ending")
{
    test::Forked copy([] {
        ::signal(SIGCHLD, SIG_IGN);
        if (run(shell("exit 7")).ending.code != 7) throw std::logic_error("the ending is lost");
    });
    CHECK(copy.wait() == 0);
}

TEST_CASE("signals that are blocked or ignored here are not so in the child")
{
    test::Forked copy([] {
        ::signal(SIGTERM, SIG_IGN);
        sigset_t all{};
        ::sigfillset(&all);
        ::sigprocmask(SIG_BLOCK, &all, nullptr);
        if (run(shell("kill -TERM $$; echo still here")).ending.signal != SIGTERM)
            throw std::logic_error("the child is deaf");
    });
    CHECK(copy.wait() == 0);
}

TEST_CASE("the environment is ours plus what is given, or only what is given")
{
    CHECK(output_of({.words = {"env"}, .environment = {{"NAME", "value"}}}).find("NAME=value\n") !=
          std::string::npos);
    CHECK(output_of({.words = {"env"}, .environment = {{"NAME", "value"}}}).find("PATH=") !=
          std::string::npos);
    CHECK(output_of({.words = {"env"}, .environment = {{"PATH", "/bin"}}}).find("PATH=/bin\n") !=
          std::string::npos);
    CHECK(output_of({.words = {"env"}, .environment = {{"NAME", "value"}}, .clean_environment = true}) ==
          "NAME=value\n");
    CHECK(output_of({.words = {"env"}, .clean_environment = true}).empty());
}

TEST_CASE("the input is passed on, of any size, and is empty when there is none")
{
    const std::string text(3'000'000, 'x');
    CHECK(output_of({.words = {"cat"}, .input = text}) == text);
    CHECK(output_of({.words = {"cat"}}).empty());
}

TEST_CASE("two hundred runs leave no descriptor open")
{
    output_of({.words = {"true"}});
    const auto before = open_files();
    for (int number = 0; number < 200; ++number) {
        if (number % 4 == 0)
            CHECK_THROWS_AS(output_of({.words = {"no-such-program-here"}}), Error);
        else if (number % 4 == 1)
            CHECK_THROWS_AS(output_of({.words = {"sleep", "1000"}}, {}, {.timeout = 1ms}), Error);
        else
            output_of({.words = {"true"}, .input = number % 4 == 2 ? "input" : ""});
    }
    CHECK(open_files() == before);
}

TEST_CASE("a child is killed with its group and reaped when it is let go")
{
    const auto pipe = make_pipe();
    pid_t pid = 0;
    {
        const process::Child child(shell("sleep 1000 & wait"), pipe.write.get(), pipe.write.get());
        pid = child.pid();
        CHECK(test::is_running(pid));
        CHECK(::getpgid(pid) == pid);
    }
    CHECK(::kill(pid, 0) == -1);
    CHECK(test::becomes_true([&] { return ::kill(-pid, 0) != 0; }));
}

TEST_CASE("waiting for a child ends at its end or at the timeout")
{
    const auto pipe = make_pipe();
    process::Child child(shell("read line; exit 5"), pipe.write.get(), pipe.write.get());
    CHECK(child.wait(1h)->code == 5);
    process::Child sleeper({.words = {"sleep", "1000"}}, pipe.write.get(), pipe.write.get());
    CHECK_FALSE(sleeper.wait(10ms));
    CHECK_FALSE(sleeper.wait(-1ms));
    sleeper.signal(SIGTERM);
    CHECK(sleeper.wait(std::chrono::milliseconds::max())->signal == SIGTERM);
    auto moved = std::move(sleeper);
    CHECK(moved.poll()->signal == SIGTERM);
    CHECK(moved.poll()->text() == "killed by signal 15");
}

TEST_CASE("the longest timeout there is does not overflow")
{
    CHECK(output_of({.words = {"echo"}}, {}, {.timeout = std::chrono::milliseconds::max()}) == "\n");
}

TEST_CASE("a program is found by its name, in absolute folders only")
{
    const auto shell_file = process::find_program("sh");
    REQUIRE(shell_file);
    CHECK(shell_file->is_absolute());
    CHECK_FALSE(process::find_program("no-such-program-here"));
    CHECK_FALSE(process::find_program("."));
    const TemporaryFolder folder;
    test::Forked copy([&] {
        std::filesystem::current_path(folder.path());
        std::filesystem::copy(*process::find_program("true"), "mine");
        ::setenv("PATH", ":.", 1);
        if (process::find_program("mine")) throw std::logic_error("taken from here");
        ::setenv("PATH", folder.path().c_str(), 1);
        if (process::find_program("mine") != folder.path() / "mine") throw std::logic_error("not found");
    });
    CHECK(copy.wait() == 0);
}
