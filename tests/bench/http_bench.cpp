/// What the measuring of the server needs of skerry itself; called by server.py.
///
///     http_bench prepare FOLDER n=      makes the database: n projects of one user, and a token of hers
///     http_bench tell FOLDER n= rate=   commits n events, so many a second, each with the time before it

#include "app/paths.hpp"
#include "auth/token_store.hpp"
#include "auth/user_store.hpp"
#include "bench/measure.hpp"
#include "db/migrate.hpp"
#include "events/event_log.hpp"
#include "projects/project_store.hpp"
#include "util/bell.hpp"
#include "util/files.hpp"
#include "util/id.hpp"

namespace skerry::bench {
namespace {

projects::ProjectId add_project(db::Connection& db, const std::string& owner, int number)
{
    projects::Project project;
    project.id = projects::ProjectId(random_id());
    project.slug = "project-" + std::to_string(number);
    project.name = "Project " + std::to_string(number);
    project.status = projects::Status::stopped;
    project.runtime = "sandbox";
    project.model = "demo/scripted";
    project.template_name = "static";
    project.path = "/srv/projects/" + project.slug;
    project.owner = owner;
    project.created_at = now();
    projects::insert(db, project);
    return project.id;
}

void prepare(db::Connection& db, const Options& options)
{
    db::migrate(db, {});
    db::Transaction transaction(db);
    const auth::User user{.id = auth::UserId(random_id()), .name = "ada", .created_at = now()};
    auth::insert(db, user, "nobody comes with a password");
    const auto token = auth::insert(
        db, auth::ApiToken{
                .id = auth::TokenId(random_id()), .user = user.id, .name = "bench", .created_at = now()});
    std::string first;
    for (int number = 1; number <= options.number("n", 1); ++number) {
        const auto id = add_project(db, user.id.value, number);
        if (first.empty()) first = id.value;
    }
    transaction.commit();
    std::printf("{\"token\": \"%s\", \"project\": \"%s\"}\n", token.value().c_str(), first.c_str());
}

std::string first_project(db::Connection& db)
{
    return projects::list(db).front().id.value;
}

void tell(db::Connection& db, const Paths& paths, const Options& options)
{
    const auto project = first_project(db);
    const auto between = std::chrono::nanoseconds(1'000'000'000 / options.number("rate", 1));
    auto next = std::chrono::steady_clock::now();
    for (int left = options.number("n", 1); left > 0; --left, next += between) {
        std::this_thread::sleep_until(next);
        auto payload = api::Json::object({{"at", nanoseconds()}, {"text", padding}});
        events::append(db, {.type = "bench.told", .project = project, .payload = std::move(payload)});
        Bell::ring(paths.running());
    }
}

void perform(const std::string& what, const std::filesystem::path& folder, const Options& options)
{
    const Paths paths(folder);
    make_private_folder(paths.running());
    db::Connection db(paths.database(), db::Role::worker);
    if (what == "prepare") return prepare(db, options);
    if (what == "tell") return tell(db, paths, options);
    throw std::invalid_argument("unknown: " + what);
}

} // namespace
} // namespace skerry::bench

int main(int count, char** words)
{
    using namespace skerry::bench;
    return run_program("http_bench", "prepare|tell", count, words, perform);
}
