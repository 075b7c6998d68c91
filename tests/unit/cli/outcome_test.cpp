#include "cli/outcome.hpp"
#include "projects/project_store.hpp"
#include "queue/job_store.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_store.hpp"
#include "sessions/turn_jobs.hpp"
#include "support/database.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using sessions::TurnState;

namespace {

/// A project with a turn and the job that performs it.
struct Prompted {
    test::Database db;
    queue::JobId job = 0;
    sessions::TurnId turn{"turn"};

    Prompted()
    {
        projects::Project project;
        project.id = projects::ProjectId("project");
        project.slug = project.name = "hello";
        project.runtime = "sandbox";
        project.model = "demo/scripted";
        project.template_name = "static";
        project.path = "/nowhere";
        projects::insert(db, project);
        job = add_turn(turn.value, "session").job;
    }

    /// In a session of its own.
    cli::Awaited add_turn(const std::string& name) { return add_turn(name, "session of " + name); }

    cli::Awaited add_turn(const std::string& name, const std::string& session_name)
    {
        sessions::Session session;
        session.id = sessions::SessionId(session_name);
        session.project = projects::ProjectId("project");
        session.title = "t";
        session.model = "m/m";
        sessions::insert(db, session);
        sessions::Turn row;
        row.id = sessions::TurnId(name);
        row.session = session.id;
        row.project = session.project;
        row.prompt = "p";
        row.model = "m/m";
        sessions::insert(db, row);
        return {.job = queue::add(db, sessions::PerformTurn{row.id}, {.key = "project"}).id, .turn = name};
    }

    void ask()
    {
        sessions::set_turn_state(db, turn, TurnState::needs_input);
        const auto asked =
            api::Json::object({{"requestId", "per_1"}, {"permission", "edit"}, {"title", "a.txt"}});
        sessions::keep_request(db, *sessions::find_turn(db, turn),
                               {.type = "chat.permission.requested", .agent_session = {}, .payload = asked});
    }
    void answer()
    {
        auto request = sessions::require_request(db, sessions::SessionId("session"), "per_");
        request.reply = "once";
        sessions::write_answer(db, request);
    }

    void end_job(int state)
    {
        db::execute(db, "update jobs set state = ?1, finished_at = 1, error = 'why' where id = ?2", state,
                    job);
    }
    std::optional<cli::Outcome> outcome() { return cli::outcome_of(db, {.job = job, .turn = turn.value}); }
};

constexpr int succeeded = 5;
constexpr int cancelled = 6;
constexpr int dead = 7;

} // namespace

TEST_CASE("work that is under way has no outcome, unless the agent asks")
{
    Prompted work;
    CHECK_FALSE(work.outcome());
    sessions::set_turn_state(work.db, work.turn, TurnState::running);
    CHECK_FALSE(work.outcome());
    work.ask();
    REQUIRE(work.outcome());
    CHECK(work.outcome()->status == 11);
    CHECK(work.outcome()->hint.find("skerry sessions answer session per_1 once") != std::string::npos);

    work.answer(); // is on its way
    CHECK_FALSE(work.outcome());
}

TEST_CASE("a turn behind one that asks, of whatever session, is told as one that needs an answer")
{
    Prompted work;
    const auto later = work.add_turn("later");
    CHECK_FALSE(cli::outcome_of(work.db, later));
    work.ask();
    const auto outcome = cli::outcome_of(work.db, later);
    REQUIRE(outcome);
    CHECK(outcome->status == 11);
    CHECK(outcome->name == "needs_input");
    CHECK(outcome->error.find("an earlier prompt is in the way") != std::string::npos);
    CHECK(outcome->hint.find("skerry sessions answer session per_1 once") != std::string::npos);

    work.answer();
    CHECK_FALSE(cli::outcome_of(work.db, later));
}

TEST_CASE("the end of a turn is the outcome")
{
    const auto status_after = [](TurnState state) {
        Prompted work;
        sessions::set_turn_state(work.db, work.turn, TurnState::running);
        sessions::end_turn(work.db, work.turn, {.state = state});
        work.end_job(succeeded);
        return work.outcome()->status;
    };
    CHECK(status_after(TurnState::completed) == 0);
    CHECK(status_after(TurnState::failed) == 10);
    CHECK(status_after(TurnState::stuck) == 10);
    CHECK(status_after(TurnState::timeout) == 12);
    CHECK(status_after(TurnState::limit) == 12);
    CHECK(status_after(TurnState::cancelled) == 14);
}

TEST_CASE("a failed check is not told as an error of the agent")
{
    Prompted work;
    sessions::end_turn(
        work.db, work.turn,
        {.state = TurnState::failed, .error = "the check failed: exit code 1", .reason = "check_failed"});
    work.end_job(succeeded);
    CHECK(work.outcome()->error == "the check failed: exit code 1");
}

TEST_CASE("what a person may do about a failed turn is said first")
{
    Prompted work;
    sessions::end_turn(work.db, work.turn, {.state = TurnState::failed, .error = "no key", .hint = "set it"});
    work.end_job(succeeded);
    CHECK(work.outcome()->hint == "set it; 'skerry sessions events session' tells the story");
    CHECK(to_json(*sessions::find_turn(work.db, work.turn))["hint"].view() == "set it");
}

TEST_CASE("a turn whose job was pruned is judged by itself")
{
    Prompted work;
    const cli::Awaited pruned{.turn = work.turn.value};
    CHECK_FALSE(cli::outcome_of(work.db, pruned));
    sessions::end_turn(work.db, work.turn, {.state = TurnState::failed, .error = "why"});
    CHECK(cli::outcome_of(work.db, pruned)->status == 10);
}

TEST_CASE("a turn that was never sent is the failure of the job")
{
    Prompted work;
    sessions::end_turn(work.db, work.turn, {.state = TurnState::failed, .error = "why"});
    work.end_job(dead);
    CHECK(work.outcome()->status == 13);
    CHECK(work.outcome()->error == "job " + std::to_string(work.job) + " (agent.prompt) failed: why");
}

TEST_CASE("jobs without a turn end with the last of the chain")
{
    Prompted work;
    work.end_job(succeeded);
    CHECK(cli::outcome_of(work.db, {.job = work.job})->status == 0);
    work.end_job(dead);
    CHECK(cli::outcome_of(work.db, {.job = work.job})->status == 13);
    work.end_job(cancelled);
    CHECK(cli::outcome_of(work.db, {.job = work.job})->status == 14);
    CHECK(cli::outcome_of(work.db, {})->status == 0);
}

TEST_CASE("the turn of a chain is found from its first job")
{
    Prompted work;
    CHECK(cli::turn_of_chain(work.db, work.job) == "turn");
    CHECK(cli::live_jobs_of_chain(work.db, work.job).size() == 1);
    CHECK(cli::turn_of_chain(work.db, work.job + 1).empty());
}
