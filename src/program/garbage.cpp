#include "program/garbage.hpp"

#include "projects/project_store.hpp"
#include "runtime/docker/compose_file.hpp"
#include "runtime/docker/engine.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace skerry::program {
namespace {

namespace fs = std::filesystem;
using runtime::docker::Engine;
using runtime::docker::Labels;
using runtime::docker::Wanted;
using Kind = Orphan::Kind;

constexpr std::string_view compose_label = "com.docker.compose.project";

std::string label_in(const Labels& labels, std::string_view name)
{
    const auto found = labels.find(name);
    return found != labels.end() ? found->second : std::string();
}

/// Of all files below, without following links.
std::uint64_t size_of(const fs::path& folder)
{
    std::uint64_t bytes = 0;
    std::error_code fault;
    auto each =
        fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, fault);
    for (; !fault && each != fs::recursive_directory_iterator(); each.increment(fault)) {
        std::error_code gone;
        if (each->is_symlink(gone) || !each->is_regular_file(gone)) continue;
        const auto size = each->file_size(gone);
        if (!gone) bytes += size;
    }
    return bytes;
}

std::vector<fs::path> folders_in(const fs::path& parent)
{
    std::vector<fs::path> folders;
    std::error_code fault;
    for (const auto& entry : fs::directory_iterator(parent, fault))
        if (entry.is_directory() && !entry.is_symlink()) folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    return folders;
}

/// Whose things are looked at: what is known of projects, and which skerry this is.
class Search {
public:
    Search(const App& app, db::Connection& db) : app_(app), db_(db) {}

    Garbage find()
    {
        // The folders first: a project that is made meanwhile has its row before its folders.
        const auto states = folders_in(app_.paths.data() / "state");
        const auto files = folders_in(app_.paths.data() / "projects");
        for (const auto& project : projects::list(db_)) {
            alive_.insert(project.id.value);
            folders_.insert(fs::weakly_canonical(project.path));
        }
        try {
            find_in_engine();
        } catch (const Error& fault) {
            found_.engine_fault = fault.what();
        }
        for (const auto& state : states) {
            const auto id = state.filename().string();
            if (alive_.count(id) == 0) add_folder(state, id);
        }
        for (const auto& folder : files)
            if (folders_.count(fs::weakly_canonical(folder)) == 0) add_folder(folder, {});
        return std::move(found_);
    }

private:
    void add_folder(const fs::path& folder, const std::string& project)
    {
        found_.orphans.push_back({Kind::folder, folder.string(), folder.string(), project, size_of(folder)});
    }

    /// The project that a thing belongs to when that is gone; nothing when the thing is none of ours.
    [[nodiscard]] std::optional<std::string> gone_project(const Labels& labels)
    {
        const auto instance = label_in(labels, runtime::docker::instance_label);
        if (instance == app_.paths.instance()) {
            auto project = label_in(labels, runtime::docker::project_label);
            return alive_.count(project) == 0 ? std::optional(std::move(project)) : std::nullopt;
        }
        // What a user's own Compose file adds carries Compose's label only, and may be another skerry's: it
        // is ours when we knew the project.
        constexpr std::string_view prefix = "skerry_";
        const auto name = label_in(labels, compose_label);
        if (!instance.empty() || !name.starts_with(prefix)) return std::nullopt;
        auto project = name.substr(prefix.size());
        const bool known = projects::find(db_, projects::ProjectId(project)).has_value();
        return known && alive_.count(project) == 0 ? std::optional(std::move(project)) : std::nullopt;
    }

    void add(Kind kind, const Labels& labels, const std::string& name, const std::string& id,
             std::optional<std::uint64_t> bytes)
    {
        if (const auto project = gone_project(labels))
            found_.orphans.push_back({kind, name, id, *project, bytes});
    }

    /// In the order in which they can be removed: containers use networks and volumes.
    void find_in_engine()
    {
        const Engine engine;
        const Wanted ours{{std::string(runtime::docker::instance_label), app_.paths.instance()}};
        const Wanted composed{{std::string(compose_label), ""}};
        std::set<std::string> seen;
        for (const auto& labels : {ours, composed})
            for (const auto& one : engine.containers(labels, {}, true))
                if (seen.insert(one.id).second) add(Kind::container, one.labels, one.name, one.id, one.bytes);
        for (const auto& labels : {ours, composed})
            for (const auto& one : engine.networks(labels))
                if (seen.insert(one.id).second) add(Kind::network, one.labels, one.name, one.id, {});
        for (const auto& one : engine.volumes_with_sizes({}))
            add(Kind::volume, one.labels, one.name, one.name, one.bytes);
        for (const auto& image : engine.images({{"skerry.recipe", ""}}))
            if (is_untagged(image))
                found_.orphans.push_back({Kind::image, image.id, image.id, {}, image.bytes});
    }

    static bool is_untagged(const runtime::docker::Image& image)
    {
        return std::all_of(image.tags.begin(), image.tags.end(),
                           [](const std::string& tag) { return tag.starts_with("<none>"); });
    }

    const App& app_;
    db::Connection& db_;
    std::set<std::string> alive_{}; ///< the ids of projects that are there
    std::set<fs::path> folders_{};  ///< their files
    Garbage found_{};
};

} // namespace

std::string_view name_of(Kind kind) noexcept
{
    switch (kind) {
    case Kind::container: return "container";
    case Kind::network: return "network";
    case Kind::volume: return "volume";
    case Kind::image: return "image";
    case Kind::folder: return "folder";
    }
    return "folder";
}

api::Json to_json(const Orphan& orphan)
{
    const auto project = orphan.project.empty() ? std::nullopt : std::optional(orphan.project);
    return api::Json::object({{"kind", name_of(orphan.kind)},
                              {"name", orphan.name},
                              {"projectId", project},
                              {"bytes", orphan.bytes}});
}

Garbage find_garbage(const App& app, db::Connection& db)
{
    return Search(app, db).find();
}

void remove(const Orphan& orphan)
{
    if (orphan.kind == Kind::folder) return remove_folder(orphan.id);
    const Engine engine;
    try {
        switch (orphan.kind) {
        case Kind::container: return engine.remove_container(orphan.id);
        case Kind::network: return engine.remove_network(orphan.id);
        case Kind::volume: return engine.remove_volume(orphan.id);
        case Kind::image: return engine.remove_image(orphan.id);
        case Kind::folder: return;
        }
    } catch (const Error& fault) {
        throw Error(fault.code(), "the " + std::string(name_of(orphan.kind)) + " " + orphan.name +
                                      " cannot be removed: " + fault.what());
    }
}

} // namespace skerry::program
