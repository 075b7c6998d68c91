#include "exec/attempt_lock.hpp"
#include "exec/command_run.hpp"
#include "exec/process_list.hpp"
#include "support/forked.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/file_lock.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>

namespace skerry::exec_test {

using namespace std::chrono_literals;
using exec::AttemptLock;
using exec::Patience;
using Words = std::vector<std::string>;

namespace {

/// What a script wrote, and how it ended.
struct Told {
    Words output, errors;
    std::string messages;
    process::Ending ending;
};

struct Stage {
    TemporaryFolder folder;
    Paths paths{folder.path()};
    std::stop_source stop;
    std::int64_t job = 7;

    /// `line` hears each line of standard output.
    Told run(const std::string& script, const Patience& patience = {},
             const std::function<void(const std::string&)>& line = {})
    {
        Told told;
        AttemptLock lock(paths, job, 1);
        const exec::Listeners listeners{[&](std::string_view text) {
                                            told.output.emplace_back(text);
                                            if (line) line(told.output.back());
                                        },
                                        [&](std::string_view text) { told.errors.emplace_back(text); },
                                        [&](std::string_view part) { told.messages += part; }};
        const process::Command command{.words = {"/bin/sh", "-c", script},
                                       .environment = {{"SKERRY_JOB_ID", std::to_string(job)}}};
        told.ending = exec::run_command(command, lock, listeners, stop.get_token(), patience);
        return told;
    }

    /// Stops the script at the line "stop"; the lines before are the processes that must then be gone.
    void check_stopped(const std::string& script, const Patience& patience)
    {
        std::vector<pid_t> pids;
        const auto heed = [&](const std::string& line) {
            if (line == "stop")
                stop.request_stop();
            else
                pids.push_back(std::stoi(line));
        };
        CHECK_THROWS_WITH_AS(run(script, patience, heed), "/bin/sh was stopped", Error);
        CHECK(pids.size() >= 3);
        for (const pid_t pid : pids) CHECK_FALSE(test::is_running(pid));
        CHECK(exec::attempt_locks(paths).empty());
    }
};

/// Three generations of one group, which have all told their number when it says "stop".
std::string family(const std::string& before)
{
    return before + "sh -c '" + before + "echo $$; sh -c \"" + before +
           "echo \\$\\$; echo \\$\\$ > done; while :; do sleep 0.1; done\" & wait; while :; do sleep 0.1; "
           "done' &"
           "echo $$; while [ ! -s done ]; do sleep 0.01; done; echo stop; while :; do sleep 0.1; done";
}

std::string in_folder(const Stage& stage, const std::string& script)
{
    return "cd " + stage.folder.path().string() + "; " + script;
}

} // namespace

TEST_CASE("what a command writes is told apart, and its exit code is its own")
{
    Stage stage;
    const auto told = stage.run("echo out; echo err >&2; echo '{\"result\":1}' >&3; printf rest; exit 3");
    CHECK(told.output == Words{"out", "rest"});
    CHECK(told.errors == Words{"err"});
    CHECK(told.messages == "{\"result\":1}\n");
    CHECK(told.ending.code == 3);
    CHECK(exec::attempt_locks(stage.paths).empty());
}

TEST_CASE("a command has the descriptors 0 to 4 and none that we left open")
{
    Stage stage;
    const Descriptor careless(::open("/dev/null", O_RDONLY)); // not close-on-exec
    REQUIRE(careless.get() > 2);
    const auto told = stage.run("ls /proc/$$/fd; true");
    CHECK(told.output == Words{"0", "1", "2", "3", "4"});
}

TEST_CASE("all that a command writes arrives, on every descriptor at once")
{
    Stage stage;
    const auto told = stage.run("seq 100000 & seq 100000 >&2 & seq 100000 >&3 & wait");
    CHECK(told.output.size() == 100'000);
    CHECK(told.errors.size() == 100'000);
    CHECK(std::count(told.messages.begin(), told.messages.end(), '\n') == 100'000);
}

TEST_CASE("a command that is stopped has ended with its whole group, which heeds TERM")
{
    std::vector<std::int64_t> times;
    for (int round = 0; round < 20; ++round) {
        Stage stage;
        std::int64_t asked = 0;
        const std::stop_callback watch(stage.stop.get_token(), [&] { asked = monotonic_now(); });
        stage.check_stopped(in_folder(stage, family("")), {});
        times.push_back(monotonic_now() - asked);
    }
    std::sort(times.begin(), times.end());
    MESSAGE("ended after: p50 " << times[10] << " ms, max " << times.back() << " ms");
    CHECK(times[10] < 100);
}

TEST_CASE("a group that ignores TERM is killed after the grace")
{
    Stage stage;
    stage.check_stopped(in_folder(stage, family("trap \"\" TERM; ")), {.grace = 100ms});
}

TEST_CASE("a group that stands still is ended too")
{
    Stage stage;
    stage.check_stopped(
        "echo $$; (kill -STOP $(sh -c 'echo $PPID')) & echo $!; sleep 1000 & echo $!; echo stop; wait",
        {.grace = 20s});
}

TEST_CASE("what a command says while it ends is heard")
{
    Stage stage;
    Words last;
    const auto hear = [&](const std::string& line) {
        last.push_back(line);
        if (line == "up") stage.stop.request_stop();
    };
    CHECK_THROWS_AS(
        stage.run("trap 'echo cleaning up; exit 1' TERM; echo up; while :; do sleep 0.01; done", {}, hear),
        Error);
    CHECK(last == Words{"up", "cleaning up"});
}

TEST_CASE("a command that is stopped before it began is not begun")
{
    Stage stage;
    stage.stop.request_stop();
    CHECK_THROWS_AS(stage.run("touch " + (stage.folder.path() / "begun").string()), Error);
    CHECK_FALSE(std::filesystem::exists(stage.folder.path() / "begun"));
}

TEST_CASE("what a command leaves running in its group is ended, with the time to do so")
{
    Stage stage;
    const auto told =
        stage.run("sh -c 'trap \"echo bye; exit\" TERM; echo $$; while :; do sleep 0.01; done' & "
                  "sleep 0.2; sleep 1000 & echo $!");
    REQUIRE(told.output.size() == 3);
    CHECK(told.output.back() == "bye");
    CHECK(told.ending.good());
    for (int i = 0; i < 2; ++i)
        CHECK_FALSE(test::is_running(std::stoi(told.output[static_cast<std::size_t>(i)])));
}

TEST_CASE("who has left the group and closed what he got lives on, and nobody waits for him")
{
    Stage stage;
    const auto told = stage.run("setsid sleep 1000 & echo $!; sleep 0.1; exit 0");
    const pid_t daemon = std::stoi(told.output.at(0));
    CHECK(told.ending.good());
    CHECK(test::is_running(daemon));
    ::kill(daemon, SIGKILL);
}

TEST_CASE("a listener that throws ends the group")
{
    Stage stage;
    pid_t pid = 0;
    const auto hear = [&](const std::string& line) {
        pid = std::stoi(line);
        throw Error(Code::unavailable, "no room for a line");
    };
    CHECK_THROWS_WITH_AS(stage.run("sleep 1000 & echo $!; wait", {}, hear), "no room for a line", Error);
    CHECK_FALSE(test::is_running(pid));
}

TEST_CASE("what an attempt left running when its worker was killed is ended, and only that")
{
    Stage stage;
    const auto file = stage.folder.path() / "pids";
    // the second one has closed what it got, and its parent is gone
    const auto script = "exec >/dev/null; sleep 1000 & echo $! >> " + file.string() +
                        "; (sleep 1000 3>&- 4>&- & echo $! >> " + file.string() + "); echo $$ >> " +
                        file.string() + "; wait";
    test::Forked victim([&] { stage.run(script); });
    REQUIRE(test::becomes_true([&] { return split(read_file_if_any(file).value_or(""), '\n').size() == 4; }));
    victim.kill();
    victim.wait();
    std::vector<pid_t> pids;
    for (const auto& line : split(read_file(file), '\n'))
        if (!line.empty()) pids.push_back(std::stoi(line));
    for (const pid_t pid : pids) CHECK(test::is_running(pid));
    CHECK(exec::end_orphans(stage.paths, stage.job + 1, 9).ended == 0);
    CHECK(exec::end_orphans(stage.paths, stage.job, 1).ended == 0); // its own
    for (const pid_t pid : pids) CHECK(test::is_running(pid));
    CHECK(exec::end_orphans(stage.paths, stage.job, 2).ended == 3);
    for (const pid_t pid : pids) CHECK_FALSE(test::is_running(pid));
    CHECK(exec::attempt_locks(stage.paths).empty());
    CHECK(exec::end_orphans(stage.paths, stage.job, 2).ended == 0);
}

TEST_CASE("an orphan that ignores TERM is killed; one that left its group is found by the lock")
{
    Stage stage;
    const auto file = stage.folder.path() / "pids";
    const auto script = "trap '' TERM; exec >/dev/null; setsid sleep 1000 & echo $! >> " + file.string() +
                        "; echo $$ >> " + file.string() + "; while :; do sleep 0.1; done";
    test::Forked victim([&] { stage.run(script); });
    REQUIRE(test::becomes_true([&] { return split(read_file_if_any(file).value_or(""), '\n').size() == 3; }));
    victim.kill();
    victim.wait();
    CHECK(exec::end_orphans(stage.paths, stage.job, 2, {}, {.grace = 100ms}).ended >= 2);
    for (const auto& line : split(read_file(file), '\n'))
        if (!line.empty()) CHECK_FALSE(test::is_running(std::stoi(line)));
}

TEST_CASE("a lock that names a group which is somebody else's by now kills nobody")
{
    const Stage stage;
    process::Command sleeper{.words = {"sleep", "1000"}};
    const Descriptor none(::open("/dev/null", O_RDWR | O_CLOEXEC));
    process::Child child(sleeper, none.get(), none.get());
    make_private_folder(stage.paths.running());
    const auto boot = std::string(trim(read_file("/proc/sys/kernel/random/boot_id")));
    const auto group = std::to_string(child.pid());
    const auto started = *exec::start_of(child.pid());
    for (const auto& text :
         {"{\"group\":" + group + ",\"started\":" + std::to_string(started + 1) + ",\"boot\":\"" + boot +
              "\"}",
          "{\"group\":" + group + ",\"started\":" + std::to_string(started) + ",\"boot\":\"another\"}",
          std::string("{\"group\":1,\"started\":1}"), std::string("{\"group\":-1}"), std::string("nonsense"),
          std::string()}) {
        CAPTURE(text);
        write_file(stage.paths.running() / "job-7-3.lock", text);
        CHECK(exec::end_orphans(stage.paths, 7, 9).ended == 0);
        CHECK(test::is_running(child.pid()));
        CHECK(exec::attempt_locks(stage.paths).empty());
    }
}

TEST_CASE("a lock that a worker holds itself is told, and left")
{
    const Stage stage;
    const AttemptLock hanging(stage.paths, stage.job, 1);
    CHECK(exec::end_orphans(stage.paths, stage.job, 2, {}, {.grace = 20ms, .bound = 20ms}).held);
    CHECK(exec::attempt_locks(stage.paths).size() == 1);
    CHECK_THROWS_AS(AttemptLock(stage.paths, stage.job, 1), Error);
}

TEST_CASE("files with other names are no locks")
{
    const Stage stage;
    make_private_folder(stage.paths.running());
    for (const auto* name : {"job-.lock", "job-1.lock", "job-1-.lock", "job-a-b.lock", "job-1-2.lock.old",
                             "worker-1-2.lock", "job-1-2-3.lock", "job-99999999999999999999-1.lock"})
        write_file(stage.paths.running() / name, "");
    CHECK(exec::attempt_locks(stage.paths).empty());
    write_file(stage.paths.running() / "job-12-3.lock", "");
    REQUIRE(exec::attempt_locks(stage.paths).size() == 1);
    CHECK(exec::attempt_locks(stage.paths)[0].job == 12);
    CHECK(exec::attempt_locks(stage.paths)[0].lease == 3);
}

} // namespace skerry::exec_test
