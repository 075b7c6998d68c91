#include "queue/run.hpp"
#include "support/jobs.hpp"
#include "util/files.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace skerry::queue_test {

namespace {

struct OneJob {
    TemporaryFolder folder;
    App app{Paths(folder.path()), {}};
    test::Database db;
    queue::Job job;
    std::stop_source stop;

    OneJob()
    {
        queue::add(db, test::Note{"a"});
        job = test::claim_next(db).value();
    }
    queue::Run run() { return {app, db, job, stop.get_token()}; }
};

} // namespace

TEST_CASE("what a handler writes is refused once its job was taken away")
{
    OneJob one;
    const auto run = one.run();
    run.write([&] { test::write_event(one.db, "noted", "mine"); });
    test::end(one.db, one.job, {queue::Way::crashed, std::nullopt, now()});
    CHECK_THROWS_AS(run.write([&] { test::write_event(one.db, "noted", "not mine"); }), Error);
    CHECK(test::told(one.db, "noted") == std::vector<std::string>{"mine"});
}

TEST_CASE("what throws while it is written leaves nothing")
{
    OneJob one;
    const auto run = one.run();
    CHECK_THROWS_AS(run.write([&] {
        test::write_event(one.db, "noted", "half");
        throw Error(Code::conflict, "no");
    }),
                    Error);
    CHECK(test::told(one.db, "noted").empty());
}

TEST_CASE("progress is written now and then, and as it was last when the handler has ended")
{
    OneJob one;
    auto run = one.run();
    const auto written = [&] {
        return queue::require(one.db, one.job.id).progress.value_or(api::Json())["message"].text();
    };
    run.progress(0.1, "first");
    CHECK(written() == "first");
    for (int i = 0; i < 1000; ++i) run.progress(2, "step " + std::to_string(i));
    CHECK(written() != "step 999");
    run.write_progress();
    CHECK(written() == "step 999");
    CHECK((*queue::require(one.db, one.job.id).progress)["fraction"].real() == 1);
}

TEST_CASE("a handler can ask whether it is to stop")
{
    OneJob one;
    const auto run = one.run();
    CHECK_NOTHROW(run.throw_if_cancelled());
    one.stop.request_stop();
    CHECK_THROWS_AS(run.throw_if_cancelled(), Error);
}

TEST_CASE("lines of a job's log carry the time, are one line each, and are the owner's only")
{
    OneJob one;
    const auto run = one.run();
    CHECK_FALSE(run.logged());
    run.log("first");
    run.log("two\nlines");
    CHECK(run.logged()->from == 0);
    CHECK(run.logged()->to == static_cast<std::int64_t>(file_size(one.app.paths.job_log(one.job.id))));
    const auto path = one.app.paths.job_log(one.job.id);
    const auto text = read_file(path);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK(text.find("Z first\n") == rfc3339(0).size() - 1);
    using std::filesystem::perms;
    CHECK(std::filesystem::status(path).permissions() == (perms::owner_read | perms::owner_write));
    CHECK(std::filesystem::status(path.parent_path()).permissions() == perms::owner_all);
}

TEST_CASE("what is to follow a success is kept in order")
{
    OneJob one;
    auto run = one.run();
    run.enqueue_next({{"a", {}}});
    run.enqueue_next({{"b", {}}, {"c", {}}});
    run.commit([](db::Connection&) {});
    REQUIRE(run.success().jobs.size() == 3);
    CHECK(run.success().jobs[2].kind == "c");
    CHECK(run.success().rows.size() == 1);
}

} // namespace skerry::queue_test
