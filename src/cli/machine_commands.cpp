#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "program/doctor.hpp"
#include "projects/template.hpp"

#include <algorithm>

namespace skerry::cli {
namespace {

struct TemplateRow {
    projects::Template value;
};

api::Json to_json(const TemplateRow& row)
{
    return api::Json::object({{"name", row.value.name},
                              {"description", row.value.description},
                              {"path", row.value.files.string()}});
}

int list_templates(Call& call)
{
    std::vector<TemplateRow> rows;
    Table table({{"template"}, {"description", false, true}, {"folder", false, true}});
    for (auto& one : projects::templates()) {
        table.add({{one.name, Paint::strong}, one.description, {one.files.string(), Paint::faint}});
        rows.push_back({std::move(one)});
    }
    return show_list(
        call.terminal, rows, [](const TemplateRow& row) { return row.value.name; },
        [&](const Stream& stream) { return table.shown_on(stream); });
}

struct ShowConfig {
    bool origin = false;
};
constexpr auto fields(api::Tag<ShowConfig>)
{
    return std::array{api::field<&ShowConfig::origin>("origin", "Also say where each value comes from")};
}

std::vector<program::Setting> all_settings(Call& call)
{
    const auto folder = call.data_folder();
    std::vector<program::Setting> all{{"dataDir", folder.path.string(), folder.origin}};
    const auto& list = call.settings().list;
    all.insert(all.end(), list.begin(), list.end());
    return all;
}

api::Json config_json(const std::vector<program::Setting>& settings, bool with_origin)
{
    auto json = api::Json::object();
    for (const auto& [name, value, origin] : settings)
        json.set(name, with_origin ? api::Json::object({{"value", value}, {"origin", origin}}) : value);
    return json;
}

int show_config(Call& call, const ShowConfig& options)
{
    auto& terminal = call.terminal;
    const auto settings = all_settings(call);
    if (terminal.json) {
        terminal.print(config_json(settings, options.origin).dump(terminal.out.is_terminal()));
        return status::done;
    }
    auto columns = std::vector<Column>{{"setting"}, {"value", false, true}};
    if (options.origin) columns.push_back({"origin", false, true});
    Table table(columns);
    for (const auto& [name, value, origin] : settings) {
        std::vector<Cell> row{{name, Paint::strong}, value.is_text() ? value.text() : value.dump()};
        if (options.origin) row.emplace_back(origin, origin == "default" ? Paint::faint : Paint::accent);
        table.add(std::move(row));
    }
    terminal.out.write(table.shown_on(terminal.out));
    if (!terminal.out.is_terminal()) return status::done;
    terminal.note("");
    terminal.hint("set them in " + program::config_file(program::process_environment()).string() +
                  " (JSON) or as SKERRY_<NAME>");
    return status::done;
}

std::string_view sign(const Stream& stream, std::string_view verdict)
{
    if (!stream.shows_symbols()) return verdict;
    return verdict == "ok" ? "✓" : verdict == "warn" ? "!" : "✗";
}

int doctor(Call& call)
{
    auto& terminal = call.terminal;
    const auto checks = program::examine(call.data_folder().path, call.settings().settings);
    std::size_t widest = 0;
    for (const auto& check : checks) widest = std::max(widest, check.name.size());
    auto json = api::Json::array();
    bool missing = false;
    for (const auto& check : checks) {
        const auto verdict = program::name_of(check.verdict);
        missing = missing || check.verdict == program::Verdict::fail;
        if (terminal.json) {
            json.push(to_json(check));
        } else if (!terminal.out.is_terminal()) {
            terminal.print(check.name + "\t" + std::string(verdict) + "\t" + check.finding + "\t" +
                           check.hint);
        } else if (!terminal.quiet || check.verdict != program::Verdict::ok) {
            terminal.print(terminal.out.paint(paint_of_state(verdict), sign(terminal.out, verdict)) + " " +
                           terminal.out.paint(Paint::strong, padded(check.name, widest)) + "  " +
                           check.finding);
            if (!check.hint.empty())
                terminal.print("    " + terminal.out.paint(Paint::accent, "hint:") + " " + check.hint);
        }
    }
    if (terminal.json) terminal.print(json.dump(terminal.out.is_terminal()));
    return missing ? status::environment : status::done;
}

} // namespace

std::vector<Command> machine_commands()
{
    return {
        {.noun = "templates",
         .verb = "list",
         .summary = "List the templates that came with skerry",
         .details = "A folder of your own serves as well: skerry projects create --template PATH.",
         .run = list_templates},
        {.noun = "config",
         .verb = "show",
         .summary = "Show every setting",
         .details = "An option wins over the environment (SKERRY_<NAME>), that over the config file, that "
                    "over the default. "
                    "The config file is a JSON object in $XDG_CONFIG_HOME/skerry/config.json.",
         .examples = {{"SKERRY_MODEL=demo/scripted skerry config show --origin", ""}},
         .input = api::fields_of<ShowConfig>(),
         .run = with<show_config>},
        {.noun = "doctor",
         .summary = "Check whether this machine has what skerry needs",
         .details = "Exits with 7 when something that is needed is missing.",
         .run = doctor},
    };
}

} // namespace skerry::cli
