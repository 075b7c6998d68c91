#include "assets/asset_actions.hpp"

#include "assets/asset_jobs.hpp"
#include "assets/asset_store.hpp"
#include "projects/job_actions.hpp"
#include "projects/project_access.hpp"
#include "queue/job_store.hpp"
#include "util/base64.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"

namespace skerry::assets {

api::Json to_json(const Brought& brought)
{
    return to_json(brought.asset).set("jobId", brought.job);
}

Brought bring(api::Context& context, const projects::Project& project, Upload& upload,
              const std::string& name, bool overwrite)
{
    Asset asset{.id = AssetId(random_id()),
                .project = project.id,
                .name = safe_name(name),
                .size = static_cast<std::int64_t>(upload.size()),
                .created_at = now()};
    db::Transaction transaction(context.db);
    put(context.db, asset);
    // Beside the project's own line: a turn that runs for an hour does not hold it up.
    const auto added = queue::add(context.db, Process{asset.id}, {.key = projects::side_key(project.id)});
    upload.publish(asset.name, overwrite);
    Brought brought{.asset = *find(context.db, asset.id), .job = added.id};
    transaction.commit();
    Bell::ring(context.app.paths.running());
    return brought;
}

Brought upload_asset(api::Context& context, const UploadAsset& input)
{
    const auto project = projects::require(context, input.project);
    projects::require_alive(project);
    const auto content = from_base64(input.content);
    if (!content)
        throw Error(Code::bad_request, "content is not base64", {.fields = {{"content", "is not base64"}}});
    const PublicFolder folder(project.path);
    Upload upload(folder, static_cast<std::uint64_t>(context.app.settings.largest_asset));
    upload.write(*content);
    return bring(context, project, upload, input.name, input.overwrite);
}

Asset delete_asset(api::Context& context, const NamedAsset& input)
{
    db::Transaction transaction(context.db);
    const auto project = projects::require(context, input.project);
    auto asset = require(context.db, project.id, input.asset);
    remove(context.db, asset.id);
    PublicFolder(project.path).remove(asset.name);
    transaction.commit();
    return asset;
}

Asset rename_asset(api::Context& context, const RenameAsset& input)
{
    db::Transaction transaction(context.db);
    const auto project = projects::require(context, input.project);
    const auto asset = require(context.db, project.id, input.asset);
    const auto name = safe_name(input.name);
    PublicFolder(project.path).rename(asset.name, name);
    rename(context.db, asset.id, name);
    auto renamed = *find(context.db, asset.id);
    transaction.commit();
    return renamed;
}

} // namespace skerry::assets
