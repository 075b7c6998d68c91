#include "queue/settle.hpp"
#include "support/jobs.hpp"

#include <doctest/doctest.h>

namespace skerry::queue_test {

using queue::Outcome;
using queue::State;
using queue::Way;
using test::Again;
using test::claim_next;
using test::end;
using test::failure;
using test::Note;

namespace {

queue::Job claimed(db::Connection& db, const std::string& text = "a", const queue::Order& order = {})
{
    queue::add(db, Note{text}, order);
    return claim_next(db).value();
}

void make_due(db::Connection& db, queue::JobId id)
{
    db::execute(db, "update jobs set run_at = 1 where id = ?1", id);
}

void mark_cancelled(db::Connection& db, queue::JobId id)
{
    db::execute(db, "update jobs set cancel_at = 1 where id = ?1", id);
}

Outcome crash()
{
    return {Way::crashed, Error(Code::internal, "its worker died"), now()};
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("a success ends the job and closes the attempt")
{
    test::Database db;
    const auto job = claimed(db);
    CHECK(end(db, job, {}) == State::succeeded);
    const auto after = queue::require(db, job.id);
    CHECK(after.finished_at);
    CHECK_FALSE(after.worker);
    const auto attempts = queue::attempts_of(db, job.id);
    CHECK(attempts.at(0).outcome == "succeeded");
    CHECK(attempts.at(0).ended_at);
}

TEST_CASE("a failure is charged, told, and tried again until the attempts are used up")
{
    test::Database db;
    auto job = claimed(db);
    for (int attempt = 1; attempt <= 3; ++attempt) {
        CHECK(job.attempt == attempt);
        CHECK(end(db, job, failure()) == (attempt < 3 ? State::retry : State::dead));
        CHECK(queue::require(db, job.id).error == "the world was not ready");
        if (attempt < 3) job = claim_next(db).value();
    }
    const auto attempts = queue::attempts_of(db, job.id);
    REQUIRE(attempts.size() == 3);
    CHECK(attempts[2].outcome == "failed");
    CHECK(attempts[2].error == "the world was not ready");
    CHECK(test::told(db, "abandoned") == Texts{"a"});
}

TEST_CASE("a success after a failure leaves no error behind")
{
    test::Database db;
    const auto job = claimed(db);
    end(db, job, failure());
    end(db, claim_next(db).value(), {});
    CHECK_FALSE(queue::require(db, job.id).error);
    CHECK(queue::attempts_of(db, job.id).size() == 2);
}

TEST_CASE("the hint of an error is kept with it")
{
    test::Database db;
    const auto job = claimed(db);
    end(db, job, {Way::discarded, Error(Code::bad_request, "no", {.hint = "say yes"})});
    CHECK(queue::require(db, job.id).error == "no (say yes)");
}

TEST_CASE("running out of time is charged as a failure")
{
    test::Database db;
    const auto job = claimed(db);
    CHECK(end(db, job, {Way::timeout, Error(Code::timeout, "late"), now()}) == State::retry);
    CHECK(queue::require(db, job.id).attempt == 1);
    CHECK(queue::attempts_of(db, job.id).at(0).outcome == "timeout");
}

TEST_CASE("a crash has a budget of its own and gives the attempt back")
{
    test::Database db;
    auto job = claimed(db);
    for (int crashes = 1; crashes <= 3; ++crashes) {
        CHECK(end(db, job, crash()) == (crashes < 3 ? State::retry : State::dead));
        const auto after = queue::require(db, job.id);
        CHECK(after.crashes == crashes);
        CHECK(after.attempt == 0);
        if (crashes < 3) job = claim_next(db).value();
    }
    CHECK(queue::attempts_of(db, job.id).at(2).outcome == "crashed");
    CHECK(test::told(db, "abandoned") == Texts{"a"});
}

TEST_CASE("rescheduling and releasing are not charged")
{
    test::Database db;
    auto job = claimed(db, "a", {.run_at = 5});
    CHECK(end(db, job, {Way::rescheduled, std::nullopt, now() + 60'000}) == State::scheduled);
    CHECK(queue::require(db, job.id).attempt == 0);
    CHECK(queue::require(db, job.id).run_at > now());
    make_due(db, job.id);
    job = claim_next(db).value();
    CHECK(end(db, job, {Way::released}) == State::ready);
    CHECK(queue::require(db, job.id).attempt == 0);
    CHECK_MESSAGE(queue::require(db, job.id).run_at == 1, "it keeps its place in line");
    CHECK(queue::attempts_of(db, job.id).at(0).outcome == "rescheduled");
    CHECK(queue::attempts_of(db, job.id).at(1).outcome == "released");
}

TEST_CASE("what is discarded is dead at once")
{
    test::Database db;
    const auto job = claimed(db);
    CHECK(end(db, job, {Way::discarded, Error(Code::not_found, "gone")}) == State::dead);
    CHECK(queue::attempts_of(db, job.id).at(0).outcome == "discarded");
}

TEST_CASE("whoever names an old lease is refused and changes nothing")
{
    test::Database db;
    const auto old = claimed(db);
    end(db, old, crash());
    const auto current = claim_next(db, "other").value();
    const auto before = queue::to_json(queue::require(db, old.id));
    for (const auto way : {Way::succeeded, Way::failed, Way::timeout, Way::crashed, Way::rescheduled,
                           Way::released, Way::discarded, Way::cancelled}) {
        CHECK_FALSE(end(db, old, {way, std::nullopt, now()}));
        CHECK(queue::to_json(queue::require(db, old.id)) == before);
    }
    CHECK(end(db, current, {}) == State::succeeded);
    CHECK_FALSE(end(db, current, {}));
}

TEST_CASE("a cancelled job becomes cancelled whatever its attempt comes to, but a success wins")
{
    for (const auto way : {Way::failed, Way::timeout, Way::crashed, Way::rescheduled, Way::released,
                           Way::discarded, Way::cancelled}) {
        test::Database db;
        const auto job = claimed(db);
        mark_cancelled(db, job.id);
        CHECK(end(db, job, {way, std::nullopt, now()}) == State::cancelled);
        CHECK(test::told(db, "abandoned") == Texts{"a"});
    }
    test::Database db;
    const auto job = claimed(db);
    mark_cancelled(db, job.id);
    CHECK(end(db, job, {}) == State::succeeded);
    CHECK(queue::require(db, job.id).cancel_at);
}

TEST_CASE("nobody stops as cancelled what nobody cancelled")
{
    test::Database db;
    CHECK_FALSE(end(db, claimed(db), {Way::cancelled}));
}

TEST_CASE("a chain: each success adds the next job in the same place in line, with the rest behind it")
{
    test::Database db;
    const auto job = claimed(db, "a",
                             {.key = "p",
                              .priority = 4,
                              .run_at = 7,
                              .follow_ups = {queue::follow_up(Note{"b"}), queue::follow_up(Note{"c"})}});
    queue::add(db, Note{"behind"}, {.key = "p", .priority = 4, .run_at = 8});
    end(db, job, {});
    const auto next = claim_next(db).value();
    CHECK(next.args["text"].view() == "b");
    CHECK(next.parent == job.id);
    CHECK(next.key == "p");
    CHECK(next.priority == 4);
    CHECK(next.run_at == 7);
    CHECK(next.max_attempts == 3);
    REQUIRE(next.follow_ups.size() == 1);
    end(db, next, {});
    const auto last = claim_next(db).value();
    CHECK(last.args["text"].view() == "c");
    CHECK(last.follow_ups.empty());
    end(db, last, {});
    CHECK(claim_next(db)->args["text"].view() == "behind");
}

TEST_CASE("what the handler continues with comes before the follow-ups that were given")
{
    test::Database db;
    const auto job = claimed(db, "a", {.follow_ups = {queue::follow_up(Note{"z"})}});
    end(db, job, {}, {.jobs = {queue::follow_up(Note{"b"}), queue::follow_up(Note{"c"})}});
    Texts order;
    while (const auto next = claim_next(db)) {
        order.push_back(next->args["text"].text());
        end(db, *next, {});
    }
    CHECK(order == Texts{"b", "c", "z"});
}

TEST_CASE("rows of a success are written with it")
{
    test::Database db;
    const auto job = claimed(db);
    end(db, job, {}, {.rows = {[](db::Connection& own) { test::write_event(own, "noted", "done"); }}});
    CHECK(test::told(db, "noted") == Texts{"done"});
}

TEST_CASE("a follow-up is added although a twin lives, and is itself a twin when none does")
{
    test::Database db;
    const test::Once once;
    const auto first =
        claimed(db, "a", {.follow_ups = {queue::follow_up(once), queue::follow_up(Note{"b"})}});
    const auto twin = queue::add(db, once).id;
    end(db, first, {});
    CHECK(queue::list(db, {.kind = "test.once"}).size() == 2);

    while (const auto job = claim_next(db)) end(db, *job, {});
    CHECK(queue::require(db, twin).state == State::succeeded);
    CHECK(queue::end_of_chain(db, first.id)->args["text"].view() == "b");

    end(db, claimed(db, "a", {.follow_ups = {queue::follow_up(once)}}), {});
    CHECK(queue::add(db, once).deduplicated);
}

TEST_CASE("a dead job abandons its follow-ups too; a reason comes with it")
{
    test::Database db;
    const auto job = claimed(
        db, "a", {.follow_ups = {queue::follow_up(Note{"b"}), {"no.such", {}}, queue::follow_up(Note{"c"})}});
    end(db, job, {Way::discarded, Error(Code::not_found, "the folder is gone")});
    CHECK(test::told(db, "abandoned") == Texts{"a", "b", "c"});
    CHECK(events::read(db, {}, 0).at(0).fact.payload["reason"].view() == "the folder is gone");
    CHECK(queue::end_of_chain(db, job.id)->state == State::dead);
}

TEST_CASE("an abandon that throws is undone and hinders nothing")
{
    constexpr queue::Policy policy{.kind = "test.stubborn"};
    static const auto throwing = [](db::Connection& db, const api::Json&, const Error&) {
        test::write_event(db, "abandoned", "half");
        throw Error(Code::internal, "no");
    };
    const std::array rows{queue::Kind{policy, [](const api::Json&) {}, nullptr, throwing},
                          test::note_rows[0]};
    const queue::Kinds kinds{rows};
    test::Database db;
    queue::add_raw(db, policy, api::Json::object(), {.follow_ups = {queue::follow_up(Note{"b"})}});
    const auto job = claim_next(db).value();
    db::Transaction transaction(db);
    CHECK(queue::settle(db, kinds, job, {Way::discarded, Error(Code::not_found, "gone")}) == State::dead);
    transaction.commit();
    CHECK(test::told(db, "abandoned") == Texts{"b"});
}

TEST_CASE("a job gives way to its waiting twin, which takes its follow-ups on")
{
    for (const auto way : {Way::failed, Way::crashed, Way::rescheduled, Way::released}) {
        test::Database db;
        const auto first = queue::add(db, Again(), {.follow_ups = {queue::follow_up(Note{"after"})}}).id;
        const auto job = claim_next(db).value();
        const auto second = queue::add(db, Again()).id;
        CHECK(end(db, job, {way, std::nullopt, now()}) == State::superseded);
        CHECK_FALSE(queue::end_of_chain(db, first));
        CHECK(test::told(db, "abandoned").empty());

        const auto twin = claim_next(db).value();
        CHECK(twin.id == second);
        end(db, twin, {});
        end(db, claim_next(db).value(), {});
        REQUIRE(queue::end_of_chain(db, first));
        CHECK(queue::end_of_chain(db, first)->args["text"].view() == "after");
    }
}

TEST_CASE("a job fails for good even while its twin waits")
{
    test::Database db;
    queue::add(db, Again());
    const auto job = claim_next(db).value();
    queue::add(db, Again());
    CHECK(end(db, job, {Way::discarded, Error(Code::not_found, "gone")}) == State::dead);
    CHECK(claim_next(db));
}

} // namespace skerry::queue_test
