#include "assets/asset_jobs.hpp"

#include "assets/asset_store.hpp"
#include "assets/image_size.hpp"
#include "assets/public_folder.hpp"
#include "projects/project_store.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"
#include "util/file_type.hpp"

namespace skerry::assets {

void process(queue::Run& run, const Process& args)
{
    auto asset = find(run.db, args.asset);
    const auto project = asset ? projects::find(run.db, asset->project) : std::nullopt;
    if (!project || !projects::is_alive(project->status)) return; // deleted meanwhile
    const auto content = PublicFolder(project->path)
                             .read(asset->name, static_cast<std::uint64_t>(run.app.settings.largest_asset));
    asset->size = static_cast<std::int64_t>(content.size());
    asset->sha256 = sha256_hex(content);
    asset->type = std::string(file_type(content));
    if (const auto size = image_size(content)) {
        asset->width = size->width;
        asset->height = size->height;
    }
    asset->state = "ready";
    run.log(asset->name + ": " + *asset->type + ", " + std::to_string(asset->size) + " bytes");
    run.result(to_json(*asset));
    run.commit([asset = *asset](db::Connection& db) { update(db, asset); });
}

void abandon_process(db::Connection& db, const Process& args, const Error& reason)
{
    auto asset = find(db, args.asset);
    if (!asset) return;
    asset->state = "failed";
    asset->error = reason.what();
    update(db, *asset);
}

} // namespace skerry::assets
