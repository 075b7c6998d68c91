#include "projects/container_watch.hpp"

#include "events/event_log.hpp"
#include "projects/container_trouble.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "runtime/docker/compose_file.hpp"
#include "runtime/docker/engine_watch.hpp"
#include "runtime/pause.hpp"
#include "util/error.hpp"
#include "util/file_lock.hpp"
#include "util/files.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <map>

namespace skerry::projects {
namespace {

using namespace std::chrono_literals;
using runtime::docker::Container;
using runtime::docker::ContainerState;
using runtime::docker::Engine;
using runtime::docker::EngineWatch;
using runtime::docker::ServiceNews;
using What = ServiceNews::What;

/// A service that has run for so long after its end is well again.
constexpr std::int64_t recovery_time = 2000;
constexpr std::int64_t look_again_time = 500;

std::filesystem::path lock_file(const App& app)
{
    return app.paths.running() / "containers.lock";
}

bool any_in_containers(db::Connection& db)
{
    const auto all = list(db);
    return std::any_of(all.begin(), all.end(), in_containers);
}

std::string exit_words(int code, bool out_of_memory)
{
    return (out_of_memory ? "was out of memory (exit code " : "has ended (exit code ") +
           std::to_string(code) + ")";
}

/// How a project stands, from how its services do.
struct Verdict {
    std::vector<std::string> fatal{};    ///< what does not come back by itself
    std::vector<std::string> troubles{}; ///< what does, or can be worked on all the same
};

/// One stretch of watching, on one thread.
class Lookout {
public:
    Lookout(const App& app, db::Connection& db) : app_(app), db_(db) {}

    void run(const std::stop_token& stop)
    {
        EngineWatch watch(engine_, app_.paths.instance(),
                          {.state_of = [this](const std::string& stack) { return state_of(stack); },
                           .news = [this](const ServiceNews& news) { heed(news); },
                           .connected = [this] { compare_all(); },
                           .lost = [this](const std::string& why) { tell_all(why); },
                           .beat = [this] { look_again(); }});
        watch.run(stop);
    }

    void copy_once(const ProjectId& id)
    {
        EngineWatch(engine_, app_.paths.instance(),
                    {.state_of = [this](const std::string& stack) { return state_of(stack); },
                     .news = {},
                     .connected = {},
                     .lost = {},
                     .beat = {}})
            .copy_once(id.value);
    }

private:
    /// How a service ended the last time, as long as it may end again at once.
    struct Ending {
        std::string words;
        std::int64_t well_at = 0; ///< monotonic
    };

    std::optional<std::filesystem::path> state_of(const std::string& stack)
    {
        const auto project = find(db_, ProjectId(stack));
        if (!project || !is_alive(project->status)) return std::nullopt;
        return app_.paths.state(stack);
    }

    void heed(const ServiceNews& news)
    {
        const ProjectId id(news.stack);
        const auto project = find(db_, id);
        if (!project || !in_containers(*project)) return;
        const bool lives = project->status == Status::running || project->status == Status::error;
        const bool starts =
            project->status == Status::starting && news.what != What::started && news.what != What::removed;
        if (!lives && !starts) return;
        tell(id, news);
        if (lives) remember(id, news);
        if (lives) assess(id, false);
    }

    void tell(const ProjectId& id, const ServiceNews& news)
    {
        auto payload = api::Json::object({{"service", news.service}, {"what", name_of(news.what)}});
        if (news.what == What::ended) payload.set("exitCode", news.exit_code);
        events::append(db_, {.type = "project.service", .project = id.value, .payload = std::move(payload)});
    }

    void remember(const ProjectId& id, const ServiceNews& news)
    {
        if (news.what == What::out_of_memory) starved_[id.value].push_back(news.service);
        if (news.what != What::ended) return;
        auto& starved = starved_[id.value];
        const bool out_of_memory = std::erase(starved, news.service) != 0;
        endings_[id.value][news.service] = {exit_words(news.exit_code, out_of_memory),
                                            monotonic_now() + recovery_time};
    }

    void look_again()
    {
        if (monotonic_now() < look_again_at_) return;
        look_again_at_ = monotonic_now() + look_again_time;
        for (const auto& id : std::exchange(unsettled_, {})) assess(ProjectId(id), false);
    }

    /// After a while without knowing: wanted and actual may differ.
    void compare_all()
    {
        for (const auto& project : list(db_))
            if (in_containers(project)) assess(project.id, true);
    }

    void tell_all(const std::string& why)
    {
        for (const auto& project : list(db_))
            if (in_containers(project) && project.status == Status::running)
                set_trouble(app_, db_, project.id, Status::error, why);
    }

    /// Looks at the project's containers and says in its status how they are. With `mend` those that have
    /// ended are started: the engine starts none again that it has ended itself.
    void assess(const ProjectId& id, bool mend)
    {
        const auto project = find(db_, id);
        if (!project || (project->status != Status::running && !is_in_trouble(app_, *project))) return;
        Verdict verdict;
        bool any = false;
        for (const auto& summary :
             engine_.containers({{std::string(runtime::docker::project_label), id.value},
                                 {"com.docker.compose.project", ""}})) {
            const auto service = std::string(summary.label(runtime::docker::service_label));
            const auto container = service.empty() ? std::nullopt : engine_.find_container(summary.id);
            if (!container) continue;
            any = true;
            judge(id, service, *container, mend, verdict);
        }
        if (!any) verdict.fatal.emplace_back("its containers are gone");
        conclude(id, verdict);
    }

    void judge(const ProjectId& id, const std::string& service, const Container& container, bool mend,
               Verdict& verdict)
    {
        const auto ending = exit_words(container.exit_code, container.out_of_memory);
        switch (container.state) {
        case ContainerState::running: {
            const auto last = last_ending(id, service);
            if (container.health == runtime::docker::Health::unhealthy)
                verdict.troubles.push_back(service + " is unhealthy");
            if (!last.empty()) verdict.troubles.push_back(service + " " + last + " and was started again");
            return;
        }
        case ContainerState::restarting:
            verdict.troubles.push_back(service + " " + ending + " and is being started again (" +
                                       std::to_string(container.restarts) + " times so far)");
            return;
        case ContainerState::paused: verdict.troubles.push_back(service + " is paused"); return;
        case ContainerState::created:
        case ContainerState::exited:
        case ContainerState::removing:
        case ContainerState::dead: break;
        }
        if (mend && start_again(service, container, verdict)) return;
        if (!mend) verdict.fatal.push_back(service + " " + ending);
    }

    bool start_again(const std::string& service, const Container& container, Verdict& verdict)
    {
        try {
            engine_.start(container.id);
            return true;
        } catch (const Error& fault) {
            verdict.fatal.push_back(service + " cannot be started again: " + fault.what());
            return false;
        }
    }

    std::string last_ending(const ProjectId& id, const std::string& service)
    {
        auto& endings = endings_[id.value];
        const auto found = endings.find(service);
        if (found == endings.end()) return {};
        if (monotonic_now() < found->second.well_at) return found->second.words;
        endings.erase(found);
        return {};
    }

    void conclude(const ProjectId& id, const Verdict& verdict)
    {
        const bool dead = !verdict.fatal.empty();
        auto all = verdict.fatal;
        all.insert(all.end(), verdict.troubles.begin(), verdict.troubles.end());
        if (all.empty()) {
            clear_trouble(app_, db_, id);
            endings_.erase(id.value);
            starved_.erase(id.value);
            return;
        }
        set_trouble(app_, db_, id, dead ? Status::error : Status::running, join(all, "; "));
        unsettled_.push_back(id.value);
    }

    const App& app_;
    db::Connection& db_;
    Engine engine_;
    std::map<std::string, std::map<std::string, Ending>> endings_; ///< by project and service
    std::map<std::string, std::vector<std::string>> starved_;      ///< services that ran out of memory
    std::vector<std::string> unsettled_;                           ///< projects to look at again
    std::int64_t look_again_at_ = 0;
};

/// Until stop, or until something fails that has nothing to do with the engine.
void watch_once(const App& app, const std::stop_token& stop)
{
    db::Connection db(app.paths.database(), db::Role::worker);
    if (!any_in_containers(db)) return;
    const auto lock = FileLock::try_acquire(lock_file(app));
    if (lock) Lookout(app, db).run(stop);
}

void watch(const App& app, const std::stop_token& stop)
{
    make_private_folder(app.paths.running());
    do {
        try {
            watch_once(app, stop);
        } catch (const Error& fault) {
            if (!stop.stop_requested()) log::warning("containers are not watched", {{"error", fault.what()}});
        }
    } while (runtime::pause_for(1s, stop));
}

} // namespace

// A copy of what it needs: settings may be read anew, and the rest of the app go, while it watches.
ContainerWatch::ContainerWatch(const App& app)
    : thread_([app = App{.paths = app.paths, .settings = app.settings}](std::stop_token stop) {
          watch(app, stop);
      })
{
}

void copy_output(const App& app, const Project& project)
{
    if (!in_containers(project)) return;
    try {
        make_private_folder(app.paths.running());
        const auto lock = FileLock::try_acquire(lock_file(app));
        if (!lock) return;
        db::Connection db(app.paths.database());
        Lookout(app, db).copy_once(project.id);
    } catch (const Error& fault) {
        log::warning("the output of containers was not copied", {{"error", fault.what()}});
    }
}

} // namespace skerry::projects
