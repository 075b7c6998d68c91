#pragma once

#include "api/action.hpp"
#include "assets/asset.hpp"
#include "assets/public_folder.hpp"
#include "queue/job.hpp"

#include <array>
#include <optional>
#include <string>

namespace skerry::assets {

/// An asset that was brought, and the job that looks at it.
struct Brought {
    Asset asset;
    queue::JobId job = 0;
};
/// The asset's JSON with jobId.
api::Json to_json(const Brought& brought);

/// That must be given although it may be empty.
constexpr api::Field needed(api::Field field)
{
    field.required = true;
    return field;
}

struct UploadAsset {
    std::string project;
    std::string name;
    std::string content;
    bool overwrite = false;
};
constexpr auto fields(api::Tag<UploadAsset>)
{
    return std::array{
        api::field<&UploadAsset::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&UploadAsset::name>("name", "What the file is to be called", {.min = 1, .max = 1000}),
        needed(api::field<&UploadAsset::content>(
            "content",
            "The file in base64, \"\" for an empty one; or send the form as "
            "multipart/form-data with its fields before a part 'file'",
            {.max = 40'000'000})),
        api::field<&UploadAsset::overwrite>("overwrite", "Replace a file of that name"),
    };
}
Brought upload_asset(api::Context& context, const UploadAsset& input);

/// Puts a complete upload in place and has it looked at. Throws Error conflict when the name is taken.
Brought bring(api::Context& context, const projects::Project& project, Upload& upload,
              const std::string& name, bool overwrite);

struct NamedAsset {
    std::string project;
    std::string asset;
};
constexpr auto fields(api::Tag<NamedAsset>)
{
    return std::array{
        api::field<&NamedAsset::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&NamedAsset::asset>("asset", "Its name or id",
                                       {.positional = true, .min = 1, .max = 200, .placeholder = "ASSET"}),
    };
}
Asset delete_asset(api::Context& context, const NamedAsset& input);

struct RenameAsset {
    std::string project;
    std::string asset;
    std::string name;
};
constexpr auto fields(api::Tag<RenameAsset>)
{
    return std::array{
        api::field<&RenameAsset::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&RenameAsset::asset>("asset", "Its name or id",
                                        {.positional = true, .min = 1, .max = 200, .placeholder = "ASSET"}),
        api::field<&RenameAsset::name>("name", "What it is called from now on",
                                       {.positional = true, .min = 1, .max = 1000, .placeholder = "NAME"}),
    };
}
Asset rename_asset(api::Context& context, const RenameAsset& input);

} // namespace skerry::assets
