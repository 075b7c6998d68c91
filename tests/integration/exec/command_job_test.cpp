#include "exec/attempt_lock.hpp"
#include "exec/exec_job.hpp"
#include "exec/job_type.hpp"
#include "exec/orphans.hpp"
#include "integration/queue/workshop.hpp"
#include "support/forked.hpp"
#include "util/text.hpp"

namespace skerry::exec_test {

using exec::Exec;
using queue::State;
using test::eventually;
using test::Forked;
using test::reaches;
using test::submit;

namespace {

const std::array rows{queue::handler<Exec, exec::perform_exec>()};
const queue::Kinds kinds{.rows = rows, .custom = &exec::custom_kind()};

class Worker {
public:
    explicit Worker(const App& app)
        : worker_(app, kinds, {}), thread_([this](const std::stop_token& stop) { worker_.work(stop); })
    {
    }

private:
    queue::Worker worker_;
    std::jthread thread_;
};

struct Shop : test::Workshop {
    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return folder.path() / name; }
    [[nodiscard]] std::vector<std::string> lines(const std::string& name) const
    {
        auto found = split(read_file_if_any(file(name)).value_or(""), '\n');
        if (!found.empty() && found.back().empty()) found.pop_back();
        return found;
    }
    [[nodiscard]] Exec shell(const std::string& script) const
    {
        return {.shell = script, .folder = folder.path().string()};
    }
    [[nodiscard]] std::string log(queue::JobId id) const { return read_file(app.paths.job_log(id)); }
    void work() const { queue::Worker(app, kinds, {}).work({}); }
};

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

bool has_open(pid_t pid, const std::filesystem::path& file)
{
    std::error_code none;
    const std::filesystem::path folder = "/proc/" + std::to_string(pid) + "/fd";
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        if (std::filesystem::read_symlink(entry.path(), none) == file) return true;
    return false;
}

/// A command that tells when another one like it is alive, and then stays.
const std::string alone = "exec 9>guard; flock -n 9 || echo twice >> twice; echo $$ >> pids; ";

} // namespace

TEST_CASE("a command is a job: its output is the log, its exit code the result")
{
    const Shop shop;
    auto db = shop.open();
    const Worker worker(shop.app);
    auto job =
        shop.shell("pwd; cat; echo $GREETING $SKERRY_JOB_ID $SKERRY_ATTEMPT $SKERRY_JOB_TYPE $SKERRY_FD;"
                   "echo hidden >&2; echo '{\"result\": {\"n\": 1}, \"log\": \"noted\"}' >&3");
    job.environment = {"GREETING=hi", "SKERRY_JOB_ID=wrong"};
    job.input = "given\n";
    const auto id = submit(shop, db, job);
    REQUIRE(reaches(db, id, State::succeeded));
    const auto log = shop.log(id);
    for (const auto& part : {"[out] " + std::filesystem::canonical(shop.folder.path()).string(),
                             std::string("[out] given"), "[out] hi " + std::to_string(id) + " 1 exec 3",
                             std::string("[err] hidden"), std::string("[log] noted")}) {
        CAPTURE(part);
        CHECK(has(log, part));
    }
    CHECK(queue::require(db, id).result->dump() == R"({"exitCode":0,"result":{"n":1}})");
}

TEST_CASE("a command is run with its words as they are, through no shell")
{
    const Shop shop;
    auto db = shop.open();
    const Worker worker(shop.app);
    const auto id = submit(shop, db,
                           Exec{.command = {"printf", "<%s>\\n", "$HOME; rm *", "", "-x"},
                                .folder = shop.folder.path().string()});
    REQUIRE(reaches(db, id, State::succeeded));
    for (const auto* part : {"[out] <$HOME; rm *>", "[out] <>", "[out] <-x>"}) CHECK(has(shop.log(id), part));
}

TEST_CASE("another exit code is a failure, tried again while attempts remain, and says its last words")
{
    const Shop shop;
    auto db = shop.open();
    const Worker worker(shop.app);
    const auto once = submit(shop, db, shop.shell("echo no room >&2; exit 3"));
    REQUIRE(reaches(db, once, State::dead));
    CHECK(queue::require(db, once).error == "exit code 3: no room");
    CHECK((*queue::require(db, once).result)["exitCode"] == api::Json(3));
    const auto twice = submit(shop, db, shop.shell("[ $SKERRY_ATTEMPT = 2 ]"), {.max_attempts = 2});
    REQUIRE(reaches(db, twice, State::retry));
    queue::run_now(shop.app.paths, db, twice);
    REQUIRE(reaches(db, twice, State::succeeded));
    CHECK((*queue::require(db, twice).result)["exitCode"] == api::Json(0));
    const auto killed = submit(shop, db, shop.shell("kill -9 $$"));
    REQUIRE(reaches(db, killed, State::dead));
    CHECK(queue::require(db, killed).result->dump() == R"({"exitCode":137,"signal":9})");
}

TEST_CASE("exit code 75 is again later and uses up nothing")
{
    const Shop shop;
    auto db = shop.open();
    const Worker worker(shop.app);
    const auto wait_for = [&](const std::string& script) {
        const auto id = submit(shop, db, shop.shell(script));
        REQUIRE(reaches(db, id, State::scheduled));
        const auto job = queue::require(db, id);
        CHECK(job.attempt == 0);
        CHECK(queue::attempts_of(db, id).at(0).outcome == "rescheduled");
        return job.run_at - now();
    };
    CHECK(wait_for("exit 75") > 25'000);
    CHECK(wait_for("exit 75") <= 30'000);
    CHECK(wait_for("echo '{\"reschedule\": \"2h\"}' >&3; exit 75") > 7'000'000);
    CHECK(wait_for("echo '{\"reschedule\": \"2h\"}' >&3") > 7'000'000);
    const auto failed = submit(shop, db, shop.shell("echo '{\"reschedule\": \"2h\"}' >&3; exit 1"));
    CHECK(reaches(db, failed, State::dead));
}

TEST_CASE("a handler may discard its job, and a program that is not there is never tried again")
{
    const Shop shop;
    auto db = shop.open();
    const Worker worker(shop.app);
    const auto discarded =
        submit(shop, db, shop.shell("echo '{\"discard\": \"no picture\"}' >&3"), {.max_attempts = 5});
    REQUIRE(reaches(db, discarded, State::dead));
    CHECK(queue::require(db, discarded).error == "no picture");
    const auto missing =
        submit(shop, db, Exec{.command = {"no-such-program"}, .folder = shop.folder.path().string()},
               {.max_attempts = 5});
    REQUIRE(reaches(db, missing, State::dead));
    CHECK(has(*queue::require(db, missing).error, "cannot start no-such-program: there is no such program"));
    CHECK(queue::require(db, missing).attempt == 1);
    const auto nowhere = submit(shop, db, Exec{.command = {"true"}, .folder = shop.file("gone").string()},
                                {.max_attempts = 5});
    REQUIRE(reaches(db, nowhere, State::dead));
    CHECK(has(*queue::require(db, nowhere).error, "/gone"));
}

TEST_CASE("hostile messages are told in the log and change nothing")
{
    const Shop shop;
    auto db = shop.open();
    const Worker worker(shop.app);
    const auto id = submit(shop, db,
                           shop.shell("head -c 200000 /dev/zero >&3; echo >&3; echo '{\"progress\":7}' >&3;"
                                      "head -c 20000000 /dev/urandom >&3; exit 0"));
    REQUIRE(reaches(db, id, State::succeeded));
    CHECK(has(shop.log(id), "warning: descriptor 3: "));
    CHECK(std::filesystem::file_size(shop.app.paths.job_log(id)) < 100'000);
}

TEST_CASE("a command that takes too long is ended and charged")
{
    const Shop shop;
    auto db = shop.open();
    const Worker worker(shop.app);
    const auto id = submit(shop, db, shop.shell("echo $$ > pid; sleep 1000"), {.timeout = 300});
    REQUIRE(reaches(db, id, State::dead));
    CHECK(queue::attempts_of(db, id).at(0).outcome == "timeout");
    CHECK_FALSE(test::is_running(std::stoi(shop.lines("pid").at(0))));
}

TEST_CASE("a command is cancelled from another process: its whole group is gone at once")
{
    const Shop shop;
    const Forked worker([&] { shop.work(); });
    auto db = shop.open();
    std::vector<std::int64_t> times;
    for (std::size_t number = 1; number <= 20; ++number) {
        const auto id = submit(shop, db,
                               shop.shell("echo $$ >> pids; (sh -c 'echo $$ >> pids; sleep 1000' & "
                                          "echo $! >> pids; wait) & echo $! >> pids; wait"));
        REQUIRE(eventually([&] { return shop.lines("pids").size() == 4 * number; }));
        const auto pids = shop.lines("pids");
        const auto asked = monotonic_now();
        CHECK(queue::cancel(shop.app.paths, db, kinds, id) == queue::Cancelled::asked);
        REQUIRE(test::becomes_true([&] {
            return std::none_of(pids.begin(), pids.end(),
                                [](const auto& pid) { return test::is_running(std::stoi(pid)); });
        }));
        times.push_back(monotonic_now() - asked);
        REQUIRE(reaches(db, id, State::cancelled));
    }
    MESSAGE("gone after: p50 " << test::percentile(times, 50) << " ms, p99 " << test::percentile(times, 99)
                               << " ms");
    CHECK(test::percentile(times, 50) < 100);
    CHECK(exec::attempt_locks(shop.app.paths).empty());
}

TEST_CASE("a worker that is stopped ends its commands and gives the jobs back uncharged")
{
    const Shop shop;
    auto db = shop.open();
    queue::JobId id = 0;
    {
        const Worker worker(shop.app);
        id = submit(shop, db, shop.shell(alone + "sleep 1000"));
        REQUIRE(eventually([&] { return shop.lines("pids").size() == 1; }));
    }
    CHECK(queue::require(db, id).state == State::ready);
    CHECK_FALSE(test::is_running(std::stoi(shop.lines("pids").at(0))));
}

TEST_CASE("a command whose worker is killed goes on, and is ended before it is run again")
{
    const Shop shop;
    Forked victim([&] { shop.work(); });
    auto db = shop.open();
    const auto id = submit(shop, db, shop.shell(alone + "[ $(wc -l < pids) = 2 ] || sleep 1000"));
    REQUIRE(eventually([&] { return shop.lines("pids").size() == 1; }));
    victim.kill();
    victim.wait();
    CHECK(test::is_running(std::stoi(shop.lines("pids").at(0))));
    const Worker worker(shop.app);
    REQUIRE(reaches(db, id, State::succeeded));
    CHECK(shop.lines("twice").empty());
    CHECK_FALSE(test::is_running(std::stoi(shop.lines("pids").at(0))));
    CHECK(has(shop.log(id), "that an attempt before had left"));
    CHECK(exec::attempt_locks(shop.app.paths).empty());
    CHECK(queue::require(db, id).crashes == 1);
}

TEST_CASE("a command of a worker that hangs is ended before it is run elsewhere")
{
    const Shop shop;
    Forked frozen([&] { shop.work(); });
    auto db = shop.open();
    const auto id =
        submit(shop, db, shop.shell(alone + "[ $(wc -l < pids) = 2 ] || sleep 1000"), {.max_attempts = 3});
    REQUIRE(eventually([&] { return shop.lines("pids").size() == 1; }));
    // It is to stand still while the command alone has the lock.
    const auto lock = shop.app.paths.running() / ("job-" + std::to_string(id) + "-1.lock");
    REQUIRE(eventually([&] {
        frozen.signal(SIGSTOP);
        if (!has_open(frozen.pid(), lock)) return true;
        frozen.signal(SIGCONT);
        return false;
    }));
    db::execute(db, "update jobs set lease_until = 1");
    {
        const Worker worker(shop.app);
        REQUIRE(eventually([&] { return queue::require(db, id).state != State::running; }));
        if (queue::require(db, id).state == State::retry) queue::run_now(shop.app.paths, db, id);
        REQUIRE(reaches(db, id, State::succeeded));
    }
    CHECK(shop.lines("twice").empty());
    frozen.signal(SIGCONT);
}

TEST_CASE("while a worker that hangs may still start the command, nobody else does")
{
    const Shop shop;
    auto db = shop.open();
    std::optional<exec::AttemptLock> hanging(std::in_place, shop.app.paths, 1, 0); // of a lease before
    const Worker worker(shop.app);
    const auto id = submit(shop, db, shop.shell("echo ran >> runs"));
    REQUIRE(id == 1);
    REQUIRE(reaches(db, id, State::scheduled));
    CHECK(queue::attempts_of(db, id).at(0).outcome == "rescheduled");
    CHECK(shop.lines("runs").empty());
    hanging.reset();
    queue::run_now(shop.app.paths, db, id);
    REQUIRE(reaches(db, id, State::succeeded));
    CHECK(shop.lines("runs").size() == 1);
}

TEST_CASE("a command that nobody waits for any more is ended: its job was cancelled when its worker was dead")
{
    const Shop shop;
    Forked victim([&] { shop.work(); });
    auto db = shop.open();
    const auto id = submit(shop, db, shop.shell(alone + "sleep 1000"));
    REQUIRE(eventually([&] { return shop.lines("pids").size() == 1; }));
    exec::end_all_orphans(shop.app.paths, db);
    CHECK(test::is_running(std::stoi(shop.lines("pids").at(0)))); // its job runs
    victim.kill();
    victim.wait();
    CHECK(queue::cancel(shop.app.paths, db, kinds, id) == queue::Cancelled::now);
    exec::end_all_orphans(shop.app.paths, db);
    CHECK_FALSE(test::is_running(std::stoi(shop.lines("pids").at(0))));
    CHECK(exec::attempt_locks(shop.app.paths).empty());
}

TEST_CASE("a registered type gets its payload on standard input; an unknown one is a dead job")
{
    const Shop shop;
    auto db = shop.open();
    const Worker worker(shop.app);
    exec::put_type(db, kinds,
                   {.name = "assets.process",
                    .command = {"sh", "-c", "read -r line; echo \"$SIZE $SKERRY_JOB_TYPE $line\""},
                    .folder = shop.folder.path().string(),
                    .environment = {{"SIZE", "120"}}});
    const auto id = exec::add_job(db, kinds, "assets.process", api::Json::parse(R"({"a":[1]})"), {}).id;
    Bell::ring(shop.app.paths.running());
    REQUIRE(reaches(db, id, State::succeeded));
    CHECK(has(shop.log(id), "[out] 120 assets.process {\"a\":[1]}"));
    exec::delete_type(db, "assets.process");
    const auto unknown = queue::add_raw(db, {.kind = "assets.process"}, {}, {}).id;
    Bell::ring(shop.app.paths.running());
    REQUIRE(reaches(db, unknown, State::dead));
    CHECK(has(*queue::require(db, unknown).error, "unknown type"));
}

} // namespace skerry::exec_test
