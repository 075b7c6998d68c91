#include "assets/asset_actions.hpp"
#include "assets/asset_store.hpp"
#include "cli/call.hpp"
#include "cli/confirmation.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "projects/project_store.hpp"
#include "util/base64.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace skerry::cli {
namespace {

using assets::Asset;

struct UploadFile {
    std::string project;
    std::string file;
    std::optional<std::string> name;
    bool overwrite = false;
};
constexpr auto fields(api::Tag<UploadFile>)
{
    return std::array{
        api::field<&UploadFile::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&UploadFile::file>("file", "The file to bring",
                                      {.positional = true, .min = 1, .max = 4096, .placeholder = "FILE"}),
        api::field<&UploadFile::name>("name", "What it is to be called there; else as the file",
                                      {.min = 1, .max = 200}),
        api::field<&UploadFile::overwrite>("overwrite", "Replace a file of that name"),
    };
}

struct OfProject {
    std::string project;
};
constexpr auto fields(api::Tag<OfProject>)
{
    return std::array{api::field<&OfProject::project>(
        "project", "Id, slug, or unique beginning of an id",
        {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"})};
}

std::string kind_of(const Asset& asset)
{
    auto kind = asset.type.value_or("");
    if (asset.width) kind += " " + std::to_string(*asset.width) + "x" + std::to_string(*asset.height);
    return kind;
}

std::string asset_table(const Stream& stream, const std::vector<Asset>& all)
{
    Table table({{"asset", false, true}, {"state"}, {"bytes", true}, {"type"}, {"brought"}});
    for (const auto& asset : all)
        table.add({{asset.name, Paint::strong},
                   {asset.state, paint_of_state(asset.state)},
                   std::to_string(asset.size),
                   kind_of(asset),
                   when(stream, asset.created_at)});
    return all.empty() ? "" : table.shown_on(stream);
}

int list(Call& call, const OfProject& options)
{
    const auto project = projects::require(call.db(), options.project);
    const auto found = assets::list(call.db(), project.id);
    return show_list(
        call.terminal, found, [](const Asset& asset) { return asset.name; },
        [&](const Stream& stream) { return asset_table(stream, found); });
}

void show(Call& call, const api::Json& asset, const std::string& words)
{
    auto& terminal = call.terminal;
    if (terminal.json)
        terminal.print(asset.dump(terminal.out.is_terminal()));
    else if (terminal.quiet || !terminal.out.is_terminal())
        terminal.print(asset["name"].text());
    else
        terminal.print(asset["name"].text() + words);
}

int upload(Call& call, const UploadFile& options)
{
    const auto largest = static_cast<std::uintmax_t>(call.settings().settings.largest_asset);
    const auto content = read_file(options.file, largest);
    const auto brought =
        perform_action(call, api::Json::object({{"project", options.project},
                                                {"name", options.name.value_or(options.file)},
                                                {"content", base64(content)},
                                                {"overwrite", options.overwrite}}));
    show(call, brought, " is there; job " + std::to_string(brought["jobId"].number()) + " looks at it");
    return status::done;
}

int rename(Call& call)
{
    show(call, perform_action(call), " is its name now");
    return status::done;
}

int erase(Call& call)
{
    const auto name = call.values["asset"].text();
    const bool yes =
        call.read<Confirmation>().yes || confirmed(call.terminal, "Delete " + name + " from the project?");
    if (!yes) return status::not_confirmed;
    show(call, perform_action(call), " is deleted");
    return status::done;
}

} // namespace

std::vector<Command> asset_commands()
{
    const auto& bring = program::require_action("assets.upload");
    const auto& name = program::require_action("assets.rename");
    const auto& remove = program::require_action("assets.delete");
    return {
        {.noun = "assets",
         .verb = "upload",
         .summary = bring.summary,
         .details =
             "A job looks at it then: its checksum, its type by its content, and how large a picture is. "
             "A file may have as many bytes as the setting largestAsset says.",
         .examples = {{"skerry assets upload hello logo.png", "the app serves it as public/logo.png"}},
         .input = api::fields_of<UploadFile>(),
         .action = bring.name,
         .run = with<upload>},
        {.noun = "assets",
         .verb = "list",
         .summary = "List a project's assets, by name",
         .input = api::fields_of<OfProject>(),
         .run = with<list>},
        {.noun = "assets",
         .verb = "rename",
         .summary = name.summary,
         .input = name.input,
         .action = name.name,
         .run = rename},
        {.noun = "assets",
         .verb = "delete",
         .summary = remove.summary,
         .input = remove.input,
         .asks = true,
         .action = remove.name,
         .run = erase},
    };
}

} // namespace skerry::cli
