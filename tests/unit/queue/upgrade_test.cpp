#include "db/migrate.hpp"
#include "support/jobs.hpp"
#include "util/embedded.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

namespace skerry::db {
std::vector<EmbeddedFile> embedded_files();
}

namespace skerry::queue {
namespace {

/// One job of each state, with all that a job can have, as version 1 wrote them.
constexpr const char* jobs_of_version_1 = R"sql(
with recursive states(state) as (select 0 union all select state + 1 from states where state < 8)
insert into jobs(id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes, max_crashes,
                 lease, worker, lease_until, ckey, dedupe_key, dedupe_mask, cancel_at, error, parent_id,
                 follow_ups, created_at, finished_at)
select state + 10, 'test.once', 'default', state - 4, state, '{"text":"' || state || '"}', 1000 + state, state % 3, 5,
       state % 2, 3, state * 7, iif(state = 2, 'worker-of-before', null), iif(state = 2, 5000, null),
       iif(state in (1, 2, 6), 'project', null), 'key-' || state, iif(state = 3, 27, 31),
       iif(state in (2, 6), 77, null), iif(state in (3, 7), 'it was raining', null), iif(state > 4, state, null),
       '[{"kind":"test.note","args":{"text":"next"}}]', 900 + state, iif(state >= 5, 2000 + state, null)
from states;
insert into attempts(job_id, lease, worker, started_at, ended_at, outcome, error) values
  (12, 3, 'worker-of-yesterday', 1100, 1200, 'crashed', 'its worker died'),
  (12, 14, 'worker-of-before', 1300, null, null, null),
  (15, 35, 'worker-of-before', 1500, 2005, 'succeeded', null),
  (17, 49, 'worker-of-before', 1700, 2007, 'failed', 'it was raining');
insert into queues(name, paused_at, max_running) values ('night', 4000, null), ('day', null, null);
)sql";

constexpr std::string_view all_jobs = R"sql(
select json_group_array(json_array(id, kind, queue, priority, state, args, run_at, attempt, max_attempts, crashes,
    max_crashes, lease, worker, lease_until, ckey, dedupe_key, dedupe_mask, cancel_at, error, parent_id, follow_ups,
    created_at, finished_at)) from (select * from jobs order by id))sql";

constexpr std::string_view ended_attempts = R"sql(
select json_group_array(json_array(job_id, lease, worker, started_at, ended_at, outcome, error))
from (select * from attempts where ended_at is not null order by job_id, lease))sql";

std::string text_from(db::Connection& db, std::string_view sql)
{
    db::Query row(db, sql);
    REQUIRE(row.next());
    return row.text(0);
}

struct Upgraded {
    TemporaryFolder folder;
    db::Connection db{folder.path() / "skerry.db"};
    std::string jobs, attempts; ///< as they were before

    Upgraded()
    {
        db::migrate(db, folder.path() / "backups", {db::embedded_files().front()});
        db.run(jobs_of_version_1);
        jobs = text_from(db, all_jobs);
        attempts = text_from(db, ended_attempts);
        db::migrate(db, folder.path() / "backups");
    }
};

} // namespace

TEST_CASE("jobs of every state and their history come over from version 1 as they were")
{
    Upgraded file;
    CHECK(db::version_of(file.db) == db::newest_version());
    CHECK(text_from(file.db, all_jobs) == file.jobs);
    CHECK(text_from(file.db, ended_attempts) == file.attempts);
    CHECK(text_from(file.db, "select count(*) from jobs") == "9");
    CHECK(text_from(file.db, "pragma integrity_check") == "ok");
    CHECK(text_from(file.db, "select group_concat(scope || ' ' || name || ' ' || paused_at) from pauses") ==
          "queue night 4000");
}

TEST_CASE("a copy of the file of version 1 was kept before it was changed")
{
    const Upgraded file;
    const std::filesystem::directory_iterator copies(file.folder.path() / "backups");
    REQUIRE(copies != std::filesystem::directory_iterator());
    db::Connection copy(copies->path());
    CHECK(db::version_of(copy) == 1);
    CHECK(text_from(copy, all_jobs) == file.jobs);
}

TEST_CASE("an attempt that ran when the file was changed ends as any other")
{
    Upgraded file;
    const auto held = held_by(file.db, "worker-of-before");
    REQUIRE(held.size() == 1);
    CHECK(held[0].cancel);
    const auto job = require(file.db, held[0].id);
    CHECK(job.started_at == 1300);
    CHECK(test::end(file.db, job, {Way::cancelled, Error(Code::cancelled, "asked to stop")}) ==
          State::cancelled);
    const auto attempts = attempts_of(file.db, job.id);
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[1].lease == 14);
    CHECK(attempts[1].started_at == 1300);
    CHECK(attempts[1].outcome == "cancelled");
}

TEST_CASE("what waited in version 1 is performed, and new jobs get new numbers")
{
    Upgraded file;
    promote(file.db);
    const std::string worker = "worker-of-now";
    std::vector<JobId> claimed;
    for (const auto& job : claim(file.db, {.worker = worker, .slots = 9}).jobs) claimed.push_back(job.id);
    CHECK(claimed == std::vector<JobId>{10, 13}); // 11 waits for 12, which holds its key; 14 is suspended
    test::end(file.db, require(file.db, 12), {Way::cancelled, Error(Code::cancelled, "asked to stop")});
    CHECK(test::claim_next(file.db, worker)->id == 11);
    CHECK(add(file.db, test::Note{"new"}).id > 18);
}

} // namespace skerry::queue
