#include "queue/job_store.hpp"
#include "queue/transfer.hpp"
#include "support/jobs.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

namespace skerry::transfer_test {

using queue::Job;
using queue::State;
using test::Note;
using test::Once;

constexpr Time later = 4'000'000'000'000;

std::string exported(db::Connection& db, std::int64_t states = 0)
{
    std::string text;
    queue::export_jobs(db, states, [&](std::string_view line) { text.append(line).append("\n"); });
    return text;
}

/// One of each: succeeded with a child that waits, failed, scheduled, cancelled, running.
void fill(db::Connection& db)
{
    queue::add(db, Note{"first"}, {.key = "p", .follow_ups = {queue::follow_up(Note{"second"})}});
    test::end(db, *test::claim_next(db), {});
    db::execute(db, "update jobs set state = 4 where id = 2"); // out of the line of the next claim
    queue::add(db, Note{"fails"}, {.max_attempts = 1});
    test::end(db, *test::claim_next(db), test::failure());
    queue::add(db, Note{"later"}, {.priority = 3, .run_at = later, .name = "named", .timeout = 5});
    queue::add(db, Once{"runs"});
    REQUIRE(test::claim_next(db));
    db::execute(db, "update jobs set state = 1 where id = 2");
}

TEST_CASE("what is exported is imported with its history, its chain and all that it says")
{
    test::Database from, to;
    fill(from);
    queue::add(to, Note{"is there"});
    const auto lines = exported(from);
    const auto imported = queue::import_jobs(to, lines, now());
    CHECK(imported.added == 5);
    CHECK(imported.known == 0);

    const auto first = queue::require(to, 2);
    CHECK(first.state == State::succeeded);
    CHECK(first.args["text"].view() == "first");
    CHECK(first.created_at == queue::require(from, 1).created_at);
    const auto attempts = queue::attempts_of(to, 2);
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].outcome == "succeeded");

    const auto second = queue::require(to, 3);
    CHECK(second.state == State::ready);
    CHECK(second.parent == 2);
    CHECK(second.key == "p");

    const auto failed = queue::require(to, 4);
    CHECK(failed.state == State::dead);
    CHECK(failed.error == queue::require(from, 3).error);

    const auto planned = queue::require(to, 5);
    CHECK(planned.state == State::scheduled);
    CHECK(planned.priority == 3);
    CHECK(planned.name == "named");
    CHECK(planned.timeout == 5);

    const auto ran = queue::require(to, 6);
    CHECK(ran.state == State::ready); // what ran waits again, and its attempt was not charged
    CHECK(ran.attempt == 0);
    CHECK(queue::attempts_of(to, 6).empty());
    // Its dedupe key came along.
    CHECK(queue::add(to, Once{"runs"}).deduplicated);
}

TEST_CASE("a second import adds nothing")
{
    test::Database from, to;
    fill(from);
    const auto lines = exported(from);
    queue::import_jobs(to, lines, now());
    const auto again = queue::import_jobs(to, lines, now());
    CHECK(again.added == 0);
    CHECK(again.known == 5);
    CHECK(queue::import_jobs(from, lines, now()).known == 5);
    CHECK(exported(to).size() > 0);
}

TEST_CASE("jobs that are alike are counted")
{
    test::Database from, to;
    for (int i = 0; i < 3; ++i) queue::add(from, Note{"same"});
    from.run("update jobs set created_at = 1000");
    const auto lines = exported(from);
    const auto first_line = lines.substr(0, lines.find('\n'));
    CHECK(queue::import_jobs(to, first_line, now()).added == 1);
    const auto rest = queue::import_jobs(to, lines, now());
    CHECK(rest.added == 2);
    CHECK(rest.known == 1);
}

TEST_CASE("a job whose twin is alive is left out")
{
    test::Database from, to;
    queue::add(from, Once{"x"});
    from.run("update jobs set created_at = 1000");
    queue::add(to, Once{"x"});
    const auto imported = queue::import_jobs(to, exported(from), now());
    CHECK(imported.added == 0);
    CHECK(imported.twins == 1);
}

TEST_CASE("each wrong line is named by its number, and nothing is imported")
{
    test::Database from, to;
    queue::add(from, Note{"a"});
    const auto good = exported(from);
    auto no_type = api::Json::parse(good);
    no_type.remove("type");
    auto odd_state = api::Json::parse(good).set("detailedState", "happy");
    auto text_number = api::Json::parse(good).set("runAt", "soon");
    auto half_dedupe = api::Json::parse(good).set("dedupe", 31);
    const auto lines = good + "\n" + no_type.dump() + "\nnonsense\n" + odd_state.dump() + "\n" +
                       text_number.dump() + "\n" + half_dedupe.dump() + "\n[]\n";
    try {
        queue::import_jobs(to, lines, now());
        FAIL("imported");
    } catch (const Error& error) {
        CHECK(error.code() == Code::bad_request);
        REQUIRE(error.fields().size() == 6);
        CHECK(error.fields()[0].field == "line 3");
        CHECK(error.fields()[0].message == "type is missing");
        CHECK(error.fields()[1].field == "line 4");
        CHECK(error.fields()[2].message == "detailedState is not a state: 'happy'");
        CHECK(error.fields()[3].message == "runAt must be a whole number, 0 or more");
        CHECK(error.fields()[4].field == "line 7");
        CHECK(error.fields()[5].message == "it is not a JSON object");
        CHECK(std::string(error.what()).find("line 3: type is missing") != std::string::npos);
    }
    CHECK(queue::list(to, {}).empty());
}

TEST_CASE("only jobs in some states are exported, oldest first")
{
    test::Database db;
    fill(db);
    const auto failed = exported(db, queue::states_of("failed"));
    CHECK(api::Json::parse(failed)["args"]["text"].view() == "fails");
    std::vector<std::int64_t> ids;
    queue::export_jobs(db, 0,
                       [&](std::string_view line) { ids.push_back(api::Json::parse(line)["id"].number()); });
    CHECK(ids == std::vector<std::int64_t>{1, 2, 3, 4, 5});
}

TEST_CASE("more jobs than are read at a time are exported whole")
{
    test::Database from, to;
    from.run("begin");
    for (int i = 0; i < 1001; ++i) queue::add(from, Note{"n" + std::to_string(i)});
    from.run("commit");
    CHECK(queue::import_jobs(to, exported(from), now()).added == 1001);
    CHECK(queue::require(to, 1001).args["text"].view() == "n1000");
}

TEST_CASE("a job that was asked to stop while it ran is imported as cancelled")
{
    test::Database from, to;
    queue::add(from, Note{"a"});
    REQUIRE(test::claim_next(from));
    from.run("update jobs set cancel_at = 5");
    queue::import_jobs(to, exported(from), 77);
    CHECK(queue::require(to, 1).state == State::cancelled);
    CHECK(queue::require(to, 1).finished_at == 77);
}

} // namespace skerry::transfer_test
