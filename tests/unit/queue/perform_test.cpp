#include "queue/perform.hpp"
#include "support/jobs.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <stdexcept>

namespace skerry::queue_test {

using queue::Outcome;
using queue::Stop;
using queue::Way;

namespace {

/// Performs a job with that handler, as if it had been asked to stop for that reason.
template <class Handler> Outcome outcome_with(Handler, Stop reason = Stop::none)
{
    test::Database db;
    const App app{Paths("/nonexistent"), {}};
    const queue::Job job{.kind = "k", .args = api::Json::object(), .attempt = 2};
    std::stop_source source;
    const std::atomic why = reason;
    queue::Run run(app, db, job, source.get_token(), &why);
    const queue::Kind kind{{.kind = "k", .timeout = std::chrono::minutes(3)},
                           [](const api::Json&) {},
                           [](queue::Run& it, const api::Json&) { Handler{}(it); },
                           nullptr};
    return queue::perform(run, &kind);
}

Outcome outcome_with_args(const queue::Kind* kind, api::Json args)
{
    test::Database db;
    const App app{Paths("/nonexistent"), {}};
    const queue::Job job{.kind = "some.kind", .args = std::move(args), .attempt = 1};
    queue::Run run(app, db, job, {});
    return queue::perform(run, kind);
}

} // namespace

TEST_CASE("a handler that returns has succeeded, even when it was asked to stop")
{
    CHECK(outcome_with([](queue::Run&) {}).way == Way::succeeded);
    CHECK(outcome_with([](queue::Run&) {}, Stop::shutdown).way == Way::succeeded);
}

TEST_CASE("what the world is at fault for is tried again, what was asked for is not")
{
    const auto outcome = outcome_with([](queue::Run&) { throw Error(Code::unavailable, "later"); });
    CHECK(outcome.way == Way::failed);
    CHECK(outcome.run_at > now() + 3'000);
    CHECK(outcome_with([](queue::Run&) { throw Error(Code::timeout, ""); }).way == Way::failed);
    CHECK(outcome_with([](queue::Run&) { throw Error(Code::not_found, ""); }).way == Way::discarded);
    CHECK(outcome_with([](queue::Run&) { throw Error(Code::bad_request, ""); }).way == Way::discarded);
    CHECK(outcome_with([](queue::Run&) { throw Error(Code::conflict, ""); }).way == Way::discarded);
}

TEST_CASE("another exception is a failure that says it is internal")
{
    const auto outcome = outcome_with([](queue::Run&) { throw std::runtime_error("oops"); });
    CHECK(outcome.way == Way::failed);
    CHECK(std::string(outcome.reason->what()) == "internal: oops");
    CHECK(outcome_with([](queue::Run&) { throw 7; }).way == Way::failed);
}

TEST_CASE("rescheduling is no failure")
{
    const auto outcome = outcome_with([](queue::Run& run) { run.reschedule(std::chrono::seconds(50)); });
    CHECK(outcome.way == Way::rescheduled);
    CHECK(outcome.run_at > now() + 40'000);
    CHECK_FALSE(outcome.reason);
}

TEST_CASE("what is thrown after a stop request is the answer to that")
{
    const auto stopped = [](queue::Run&) { throw Error(Code::cancelled, "stopped"); };
    CHECK(outcome_with(stopped, Stop::cancelled).way == Way::cancelled);
    CHECK(outcome_with(stopped, Stop::shutdown).way == Way::released);
    const auto late = outcome_with(stopped, Stop::timeout);
    CHECK(late.way == Way::timeout);
    CHECK(std::string(late.reason->what()) == "it did not end within 3 min");
    CHECK(outcome_with(stopped, Stop::none).way == Way::failed);

    const auto broken = [](queue::Run&) { throw Error(Code::unavailable, "connection closed"); };
    CHECK(outcome_with(broken, Stop::shutdown).way == Way::released);
    const auto wrong = [](queue::Run&) { throw Error(Code::not_found, "gone"); };
    CHECK(outcome_with(wrong, Stop::shutdown).way == Way::discarded);
}

TEST_CASE("a job of an unknown kind, or whose args do not fit, is discarded and says why")
{
    const auto unknown = outcome_with_args(nullptr, api::Json::object());
    CHECK(unknown.way == Way::discarded);
    CHECK(std::string(unknown.reason->what()) == "this skerry knows no kind of job 'some.kind'");

    for (const auto& args : {api::Json("{not JSON"), api::Json::object({{"other", 1}}), api::Json()}) {
        const auto outcome = outcome_with_args(&test::note_rows[0], args);
        CHECK(outcome.way == Way::discarded);
        CHECK(std::string(outcome.reason->what()).starts_with("the args of the job do not fit its kind"));
    }
}

TEST_CASE("retries wait 2 s, 4 s, 8 s ... 60 s")
{
    CHECK(queue::retry_delay(1) == 2'000);
    CHECK(queue::retry_delay(2) == 4'000);
    CHECK(queue::retry_delay(5) == 32'000);
    CHECK(queue::retry_delay(6) == 60'000);
    CHECK(queue::retry_delay(1'000) == 60'000);
    CHECK(queue::retry_delay(0) == 2'000);
}

} // namespace skerry::queue_test
