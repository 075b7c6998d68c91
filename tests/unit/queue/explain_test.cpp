#include "queue/explain.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using namespace skerry::queue;

namespace {

constexpr Time noon = 1'800'000'000'000;
constexpr Time second = 1000;

/// Job 7, of the queue builds, and one worker with two slots for it.
Facts about(State state)
{
    Facts facts{.now = noon};
    facts.job = {.id = 7, .kind = "exec", .queue = "builds", .state = state, .max_attempts = 3};
    facts.job.run_at = noon - 60 * second;
    facts.workers.push_back({"worker-a", 4711, 2, 0});
    if (is_finished(state)) facts.job.finished_at = noon - 180 * second;
    return facts;
}

Facts running_job()
{
    auto facts = about(State::running);
    facts.job.worker = "worker-a";
    facts.job.attempt = 2;
    facts.job.started_at = noon - 14 * second;
    return facts;
}

Facts with_attempt(Facts facts, const char* outcome)
{
    facts.attempts.push_back({.lease = 1, .ended_at = noon - 180 * second, .outcome = outcome});
    return facts;
}

void check(const Facts& facts, Reason reason, const std::string& sentence, const std::string& hint)
{
    const auto explanation = explain(facts);
    CHECK(name_of(explanation.reason) == name_of(reason));
    CHECK(explanation.sentence == sentence);
    CHECK(explanation.hint == hint);
}

} // namespace

TEST_CASE("explain: a job that is next, or has others before it")
{
    auto facts = about(State::ready);
    check(facts, Reason::next, "job 7 waits: it is the next one", "skerry jobs wait 7");
    facts.ahead = 1;
    check(facts, Reason::next, "job 7 waits: 1 job comes before it", "skerry jobs wait 7");
    facts.ahead = 3;
    check(facts, Reason::next, "job 7 waits: 3 jobs come before it", "skerry jobs wait 7");
}

TEST_CASE("explain: all slots are busy")
{
    auto facts = about(State::ready);
    facts.workers[0].running = 2;
    facts.ahead = 3;
    check(facts, Reason::slots_busy, "job 7 waits: all 2 slots are busy, 3 jobs come before it",
          "skerry jobs list --state running");
    facts.workers.push_back({"worker-b", 4712, 0, 1}); // of another queue
    CHECK(explain(facts).reason == Reason::slots_busy);
    facts.workers = {{"worker-a", 4711, 1, 5}};
    facts.ahead = 0;
    check(facts, Reason::slots_busy, "job 7 waits: the only slot is busy, it is the next one",
          "skerry jobs list --state running");
}

TEST_CASE("explain: no worker serves the queue")
{
    auto facts = about(State::ready);
    facts.workers[0].slots = 0;
    check(facts, Reason::queue_not_served, "job 7 waits: no worker serves the queue builds",
          "'skerry worker --queues builds' starts one that does");
}

TEST_CASE("explain: no worker runs")
{
    auto facts = about(State::ready);
    facts.workers.clear();
    const std::string hint = "'skerry worker' starts one, 'skerry jobs wait 7' performs it here";
    check(facts, Reason::no_worker, "job 7 waits: no worker runs", hint);
    facts.last_worker = LastWorker{noon - 180 * second};
    check(facts, Reason::no_worker, "job 7 waits: no worker runs: the last one stopped 3 min ago", hint);
    facts.last_worker = LastWorker{};
    check(facts, Reason::no_worker, "job 7 waits: no worker runs: the last one was killed", hint);
    facts.holder = Job{.id = 5, .kind = "exec"}; // it does not run any more, whatever the table says
    CHECK(explain(facts).reason == Reason::no_worker);
}

TEST_CASE("explain: paused, by whom and since when")
{
    auto facts = about(State::ready);
    facts.pause = Pause{Scope::all, "", noon - 180 * second, "ann"};
    check(facts, Reason::paused, "job 7 waits: everything is paused by ann for 3 min", "skerry jobs resume");
    facts.pause = Pause{Scope::queue, "builds", noon - 2 * second, ""};
    check(facts, Reason::paused, "job 7 waits: the queue builds is paused for 2 s",
          "skerry jobs resume builds");
    facts.pause = Pause{Scope::type, "exec", noon, "ann"};
    check(facts, Reason::paused, "job 7 waits: the type exec is paused by ann for 0 ms",
          "skerry jobs resume --type exec");
    facts.workers.clear();
    CHECK(explain(facts).reason == Reason::paused);
}

TEST_CASE("explain: its key is busy")
{
    auto facts = about(State::ready);
    facts.key_name = "hello";
    facts.holder = Job{.id = 5, .kind = "runtime.up", .started_at = noon - 12 * second};
    check(facts, Reason::key_busy, "job 7 waits: hello is busy with job 5 (runtime.up) for 12 s",
          "skerry jobs explain 5");
    CHECK(explain(facts).job == 5);
}

TEST_CASE("explain: its time has not come")
{
    auto facts = about(State::scheduled);
    facts.job.run_at = noon + 3 * 3600 * second;
    check(facts, Reason::scheduled, "job 7 waits until 2027-01-15T11:00:00.000Z, which is in 3 h",
          "skerry jobs run-now 7");
    CHECK(explain(facts).until == facts.job.run_at);
    facts.pause = Pause{Scope::all, "", noon, "ann"};
    check(facts, Reason::scheduled,
          "job 7 waits until 2027-01-15T11:00:00.000Z, which is in 3 h; everything is paused, too",
          "skerry jobs run-now 7");
    facts.pause.reset();
    facts.workers.clear();
    check(facts, Reason::scheduled,
          "job 7 waits until 2027-01-15T11:00:00.000Z, which is in 3 h; no worker runs",
          "skerry jobs run-now 7");
    facts.job.run_at = noon; // due, though nobody has promoted it yet
    CHECK(explain(facts).reason == Reason::no_worker);
}

TEST_CASE("explain: it looks again later")
{
    auto facts = with_attempt(about(State::scheduled), "rescheduled");
    facts.job.run_at = noon + second;
    check(facts, Reason::rescheduled, "job 7 waits: it looks again in 1 s", "skerry jobs run-now 7");
}

TEST_CASE("explain: another try")
{
    auto facts = with_attempt(about(State::retry), "failed");
    facts.job.attempt = 1;
    facts.job.run_at = noon + 40 * second;
    facts.job.error = "exit code 1\nand more";
    check(facts, Reason::retrying, "job 7 waits: try 2 of 3 begins in 40 s, after \"exit code 1 and more\"",
          "skerry jobs run-now 7");
}

TEST_CASE("explain: suspended")
{
    check(about(State::suspended), Reason::suspended,
          "job 7 is suspended: it waits until somebody decides about it", "skerry jobs cancel 7");
}

TEST_CASE("explain: it runs")
{
    auto facts = running_job();
    const std::string hint = "skerry jobs logs 7 --follow";
    check(facts, Reason::running, "job 7 has been running for 14 s on the worker of process 4711, try 2 of 3",
          hint);
    facts.job.progress = api::Json::object({{"fraction", 0.4}, {"message", "linking"}});
    facts.workers[0].pid = 0;
    check(facts, Reason::running,
          "job 7 has been running for 14 s on worker worker-a, try 2 of 3, 40 % done: \"linking\"", hint);
}

TEST_CASE("explain: it was asked to stop")
{
    auto facts = running_job();
    facts.job.cancel_at = noon - 3 * second;
    check(facts, Reason::stopping,
          "job 7 was asked to stop 3 s ago and still runs on the worker of process 4711",
          "skerry jobs logs 7 --follow");
}

TEST_CASE("explain: its worker died")
{
    auto facts = running_job();
    facts.workers = {{"worker-b", 4712, 2, 0}};
    check(facts, Reason::worker_died, "job 7 ran on a worker that died: another one takes it over now",
          "skerry jobs logs 7 --follow");
    facts.workers.clear();
    check(facts, Reason::worker_died, "job 7 ran on a worker that died: the next worker takes it over",
          "skerry worker");
}

TEST_CASE("explain: it succeeded")
{
    auto facts = with_attempt(about(State::succeeded), "succeeded");
    facts.job.attempt = 1;
    check(facts, Reason::succeeded, "job 7 succeeded 3 min ago", "skerry jobs logs 7");
    facts.job.started_at = noon - 192 * second;
    facts.job.attempt = 2;
    check(facts, Reason::succeeded, "job 7 succeeded 3 min ago, after 12 s in its try 2 of 3",
          "skerry jobs logs 7");
    facts.job.cancel_at = noon - 181 * second;
    check(facts, Reason::succeeded,
          "job 7 succeeded 3 min ago, after 12 s in its try 2 of 3; it was done before it could be cancelled",
          "skerry jobs logs 7");
}

TEST_CASE("explain: it was cancelled")
{
    check(about(State::cancelled), Reason::cancelled, "job 7 was cancelled 3 min ago, before it began",
          "skerry jobs retry 7");
    check(with_attempt(about(State::cancelled), "cancelled"), Reason::cancelled,
          "job 7 was cancelled 3 min ago, while it ran", "skerry jobs retry 7");
    check(with_attempt(about(State::cancelled), "failed"), Reason::cancelled,
          "job 7 was cancelled 3 min ago, while it waited for another try", "skerry jobs retry 7");
}

TEST_CASE("explain: it is dead, and why")
{
    const std::string hint =
        "'skerry jobs logs 7' shows what it wrote, 'skerry jobs retry 7' performs it again";
    auto facts = about(State::dead);
    facts.job.error = "exit code 1";
    facts.job.attempt = 1;
    check(with_attempt(facts, "failed"), Reason::dead, "job 7 failed 3 min ago: \"exit code 1\"", hint);
    check(with_attempt(facts, "discarded"), Reason::dead,
          "job 7 failed 3 min ago: \"exit code 1\", which another try would not change", hint);
    facts.job.attempt = 3;
    check(with_attempt(facts, "timeout"), Reason::dead,
          "job 7 failed 3 min ago: the last of 3 tries ended with \"exit code 1\"", hint);
    facts.job.crashes = 3;
    check(with_attempt(facts, "crashed"), Reason::dead,
          "job 7 failed 3 min ago: its worker died 3 times while performing it", hint);
    facts.job.error.reset();
    facts.job.attempt = 1;
    check(facts, Reason::dead, "job 7 failed 3 min ago: no reason is known", hint);
}

TEST_CASE("explain: another one does its work")
{
    auto facts = about(State::superseded);
    check(facts, Reason::superseded, "job 7 gave way 3 min ago to a newer job that does the same",
          "skerry jobs list");
    facts.successor = 9;
    check(facts, Reason::superseded, "job 7 gave way 3 min ago to job 9, which does the same",
          "skerry jobs explain 9");
}
