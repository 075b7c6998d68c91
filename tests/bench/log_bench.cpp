/// The worker's side of the measuring of the event log; called by log.py.
///
///     log_bench prepare FOLDER n=          makes the database with n projects, each with a session and a
///     turn log_bench follow  FOLDER ports=a,b   performs the turns, each with the agent at its port, until
///     all ended

#include "agent/clients.hpp"
#include "agent/turn.hpp"
#include "bench/measure.hpp"
#include "db/migrate.hpp"
#include "events/writer.hpp"
#include "projects/project_store.hpp"
#include "queue/queue.hpp"
#include "queue/worker.hpp"
#include "sessions/folding.hpp"
#include "sessions/session_store.hpp"
#include "sessions/turn_sink.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <array>

namespace skerry::bench {
namespace {

/// The job that follows one turn, as agent.prompt does between the start and the commit.
struct Talk {
    static constexpr queue::Policy policy{.kind = "bench.talk", .timeout = std::chrono::hours(1)};
    std::string turn;
    std::int64_t port = 0;
};
constexpr auto fields(api::Tag<Talk>)
{
    return std::array{api::field<&Talk::turn>("turn", "The turn", {.min = 1, .max = 40}),
                      api::field<&Talk::port>("port", "Where its agent listens")};
}

void talk(queue::Run& run, const Talk& args)
{
    const auto turn = sessions::find_turn(run.db, sessions::TurnId(args.turn)).value();
    const auto outcome = agent::follow_turn(*run.app.agents,
                                            {.agent = {static_cast<int>(args.port), "password", "/srv/demo"},
                                             .session = "ses_1",
                                             .message = "msg_a",
                                             .model = turn.model,
                                             .text = turn.prompt},
                                            sessions::sink_of(run, turn), run.stop);
    run.commit([id = turn.id, kind = outcome.kind](db::Connection& db) {
        const bool good = kind == agent::Outcome::Kind::completed;
        sessions::end_turn(db, id,
                           {.state = good ? sessions::TurnState::completed : sessions::TurnState::failed});
    });
}

struct Place {
    agent::Clients agents;
    events::Writer writer;
    App app;
    db::Connection db;

    explicit Place(const std::filesystem::path& folder)
        : writer(Paths(folder)), app{.paths = Paths(folder),
                                     .settings = {},
                                     .agents = &agents,
                                     .writer = &writer},
          db(made(app.paths), db::Role::worker)
    {
        db::migrate(db, {});
    }
    static std::filesystem::path made(const Paths& paths)
    {
        make_private_folder(paths.running());
        return paths.database();
    }
};

/// "007": no id is the beginning of another.
std::string three_digits(std::size_t number)
{
    return std::to_string(1'000 + number).substr(1);
}

void add_project(db::Connection& db, const std::string& number)
{
    projects::Project project;
    project.id = projects::ProjectId("p" + number);
    project.slug = project.name = "project-" + number;
    project.status = projects::Status::running;
    project.runtime = "host";
    project.model = "demo/talk";
    project.template_name = "static";
    project.path = "/nonexistent";
    projects::insert(db, project);
    sessions::Session session;
    session.id = sessions::SessionId("s" + number);
    session.project = project.id;
    session.model = project.model;
    sessions::insert(db, session);
    sessions::Turn turn;
    turn.id = sessions::TurnId("t" + number);
    turn.session = session.id;
    turn.project = project.id;
    turn.prompt = "talk";
    turn.model = project.model;
    sessions::insert(db, turn);
}

void prepare(Place& place, const Options& options)
{
    db::Transaction transaction(place.db);
    for (int number = 0; number < options.number("n", 1); ++number)
        add_project(place.db, three_digits(static_cast<std::size_t>(number)));
    transaction.commit();
}

void follow(Place& place, const Options& options)
{
    static const std::array table{queue::handler<Talk, talk>()};
    static const std::array feeders{sessions::folder()};
    const queue::Kinds kinds{.rows = table, .feeders = feeders};
    const auto ports = split(options.text("ports", ""), ',');
    {
        db::Transaction transaction(place.db);
        for (std::size_t number = 0; number < ports.size(); ++number)
            queue::add(place.db, Talk{"t" + three_digits(number), std::stoi(ports[number])});
        transaction.commit();
    }
    queue::Worker(place.app, kinds, {.concurrency = static_cast<int>(ports.size())})
        .work({}, [](db::Connection& db) { return !queue::has_work(db); });
}

void perform(const std::string& what, const std::filesystem::path& folder, const Options& options)
{
    Place place(folder);
    if (what == "prepare") return prepare(place, options);
    if (what == "follow") return follow(place, options);
    throw std::invalid_argument("unknown: " + what);
}

} // namespace
} // namespace skerry::bench

int main(int count, char** words)
{
    using namespace skerry::bench;
    return run_program("log_bench", "prepare|follow", count, words, perform);
}
