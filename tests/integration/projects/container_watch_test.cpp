#include "db/migrate.hpp"
#include "events/event_log.hpp"
#include "integration/runtime/docker/own_engine.hpp"
#include "projects/container_watch.hpp"
#include "projects/project_store.hpp"
#include "runtime/project_log.hpp"
#include "runtime/runtime.hpp"

using namespace skerry;
using namespace skerry::test;
using projects::Status;

namespace {

/// A project with one container, in a data folder of its own.
struct ProjectWorld {
    TemporaryFolder folder;
    App app{.paths = Paths(folder.path()), .settings = {}};
    db::Connection db{app.paths.database()};
    const projects::ProjectId id{"p-" + random_id()};

    ProjectWorld()
    {
        db::migrate(db, {});
        make_private_folder(app.paths.state(id.value) / "logs");
        make_private_folder(app.paths.state(id.value) / "docker");
        projects::Project project;
        project.id = id;
        project.slug = id.value;
        project.name = "a project";
        project.runtime = "docker";
        project.model = "demo/scripted";
        project.template_name = "static";
        project.path = folder.path() / "files";
        projects::insert(db, project);
        projects::set_status(db, id, Status::running);
    }
    [[nodiscard]] std::vector<std::string> run(const std::string& image, const std::string& script,
                                               const std::string& restart) const
    {
        return {"run",
                "--detach",
                "--init",
                "--network=none",
                "--label=skerry.instance=" + app.paths.instance(),
                "--label=skerry.project=" + id.value,
                "--label=skerry.service=app",
                "--label=com.docker.compose.project=skerry_" + id.value,
                "--label=skerry.test=" + id.value,
                "--restart=" + restart,
                image,
                "sh",
                "-c",
                script};
    }
    [[nodiscard]] projects::Project project() { return *projects::find(db, id); }
    [[nodiscard]] std::string error() { return project().last_error.value_or(""); }
    [[nodiscard]] bool becomes(Status status, const std::string& error_text)
    {
        const bool good = eventually([&] {
            const auto present = project();
            return present.status == status && present.last_error.value_or("").starts_with(error_text) &&
                   present.last_error.has_value() != error_text.empty();
        });
        if (!good) MESSAGE("it is " << std::string(name_of(project().status)) << ": " << error());
        return good;
    }
    /// "app ended 3", in the order they were stored.
    [[nodiscard]] std::vector<std::string> told()
    {
        std::vector<std::string> all;
        for (const auto& event : events::read(db, {.types = {"project.service"}}, 0)) {
            const auto& payload = event.fact.payload;
            auto words = payload["service"].text() + " " + payload["what"].text();
            if (payload.has("exitCode")) words += " " + std::to_string(payload["exitCode"].number());
            all.push_back(words);
        }
        return all;
    }
};

/// Removes the containers of the test from the machine's engine.
struct CleanUp {
    const projects::ProjectId& id;
    ~CleanUp()
    {
        const runtime::docker::Engine engine;
        for (const auto& one : engine.containers({{"skerry.test", id.value}}))
            engine.remove_container(one.id);
    }
};

} // namespace

TEST_CASE("a crash is told, does not keep anybody from working on it, and is over when the app runs again" *
          skip_without_engine())
{
    const Containers image;
    ProjectWorld world;
    const CleanUp clean{world.id};
    const projects::ContainerWatch watch(world.app);
    const auto id = docker(
        world.run(image.image, "cat /tmp/go || { echo > /tmp/go; exit 3; }; sleep 1000", "unless-stopped"));
    CHECK(world.becomes(Status::running, "app has ended (exit code 3)"));
    CHECK(world.becomes(Status::running, ""));
    const auto told = world.told();
    CHECK(std::find(told.begin(), told.end(), "app ended 3") != told.end());
}

TEST_CASE("a container that does not come back is an error of the project" * skip_without_engine())
{
    const Containers image;
    ProjectWorld world;
    const CleanUp clean{world.id};
    const projects::ContainerWatch watch(world.app);
    const auto id = docker(world.run(image.image, "echo hello; sleep 1000", "no"));
    const runtime::docker::Engine engine;
    CHECK(eventually([&] {
        return runtime::tail(runtime::log_file(world.app.paths.state(world.id.value)), 10, "app") ==
               std::vector<std::string>{"[app] hello"};
    }));
    engine.kill(id);
    CHECK(world.becomes(Status::error, "app has ended (exit code 137)"));
    engine.start(id);
    CHECK(world.becomes(Status::running, ""));
    engine.remove_container(id);
    CHECK(world.becomes(Status::error, "its containers are gone"));
}

TEST_CASE("a project that is being stopped is left alone" * skip_without_engine())
{
    const Containers image;
    ProjectWorld world;
    const CleanUp clean{world.id};
    const projects::ContainerWatch watch(world.app);
    const auto id = docker(world.run(image.image, "echo hello; sleep 1000", "no"));
    CHECK(eventually([&] { return !world.told().empty(); }));
    projects::set_status(world.db, world.id, Status::stopping);
    const auto told = world.told().size();
    const runtime::docker::Engine engine;
    engine.remove_container(id);
    const auto other = docker(world.run(image.image, "echo again; sleep 1000", "no"));
    // Events are heeded in their order: all before it have been when its line is there.
    CHECK(eventually([&] {
        const auto lines = runtime::tail(runtime::log_file(world.app.paths.state(world.id.value)), 10, "app");
        return !lines.empty() && lines.back() == "[app] again";
    }));
    CHECK(world.told().size() == told);
    projects::set_status(world.db, world.id, Status::running);
    engine.kill(other);
    REQUIRE(eventually([&] { return world.told().size() > told; }));
    CHECK(world.told()[told] == "app ended 137");
}

TEST_CASE(
    "an engine that goes is an error of its projects, and what it has ended runs again when it is back" *
    skip_without_own_engine())
{
    OwnEngine own({});
    const EngineInUse in_use(own);
    ProjectWorld world;
    const auto id = own.docker(world.run(own.image, "echo hello; sleep 1000", "unless-stopped"));
    const projects::ContainerWatch watch(world.app);
    CHECK(eventually([&] { return own.engine().container(id).pid != 0; }));
    const auto lines_said = [&] {
        return runtime::tail(runtime::log_file(world.app.paths.state(world.id.value)), 10, "app").size();
    };
    CHECK(eventually([&] { return lines_said() == 1; }));
    own.kill();
    CHECK(world.becomes(Status::error, "the Docker engine"));
    own.start();
    CHECK(world.becomes(Status::running, ""));
    CHECK(own.engine().container(id).state == runtime::docker::ContainerState::running);
    CHECK(eventually([&] { return lines_said() == 2; })); // what it says after that is heard, too
}
