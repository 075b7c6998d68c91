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
        sessions::Session session;
        session.id = sessions::SessionId("session");
        session.project = project.id;
        session.title = "t";
        session.model = "m/m";
        sessions::insert(db, session);
        sessions::Turn row;
        row.id = turn;
        row.session = sessions::SessionId("session");
        row.project = project.id;
        row.prompt = "p";
        row.model = "m/m";
        sessions::insert(db, row);
        job = queue::add(db, sessions::PerformTurn{turn}, {.key = "project"}).id;
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
    sessions::set_turn_state(work.db, work.turn, TurnState::needs_input);
    const auto asked =
        api::Json::object({{"requestId", "per_1"}, {"permission", "edit"}, {"title", "a.txt"}});
    sessions::keep_request(work.db, *sessions::find_turn(work.db, work.turn),
                           {.type = "chat.permission.requested", .agent_session = {}, .payload = asked});
    REQUIRE(work.outcome());
    CHECK(work.outcome()->status == 11);
    CHECK(work.outcome()->hint.find("skerry sessions answer session per_1 once") != std::string::npos);

    auto request = sessions::require_request(work.db, sessions::SessionId("session"), "per_");
    request.reply = "once";
    sessions::write_answer(work.db, request); // is on its way
    CHECK_FALSE(work.outcome());
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
    CHECK(status_after(TurnState::timeout) == 10);
    CHECK(status_after(TurnState::limit) == 12);
    CHECK(status_after(TurnState::cancelled) == 14);
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
