#include "cli/bytes.hpp"
#include "cli/call.hpp"
#include "cli/confirmation.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "program/garbage.hpp"
#include "util/error.hpp"

namespace skerry::cli {
namespace {

using program::Garbage;
using program::Orphan;

struct CollectGarbage {
    bool dry_run = false;
};
constexpr auto fields(api::Tag<CollectGarbage>)
{
    return std::array{
        api::field<&CollectGarbage::dry_run>("dryRun", "Only show what would be removed"),
    };
}

std::uint64_t bytes_of(const std::vector<Orphan>& orphans)
{
    std::uint64_t sum = 0;
    for (const auto& orphan : orphans) sum += orphan.bytes.value_or(0);
    return sum;
}

std::string garbage_table(const Stream& stream, const std::vector<Orphan>& orphans)
{
    Table table({{"kind"}, {"name", false, true}, {"of project", false, false, true}, {"size", true}});
    for (const auto& orphan : orphans) {
        const auto bytes = orphan.bytes.value_or(0);
        table.add({name_of(orphan.kind),
                   {harmless_line(orphan.name), Paint::strong},
                   harmless_line(orphan.project),
                   !orphan.bytes          ? ""
                   : stream.is_terminal() ? bytes_for_people(bytes)
                                          : std::to_string(bytes)});
    }
    return table.shown_on(stream);
}

void show(Terminal& terminal, const Garbage& garbage, bool removed)
{
    const auto& orphans = garbage.orphans;
    if (terminal.json) {
        auto list = api::Json::array();
        for (const auto& orphan : orphans) list.push(to_json(orphan));
        const auto fault = garbage.engine_fault.empty() ? std::nullopt : std::optional(garbage.engine_fault);
        terminal.print(api::Json::object({{"removed", removed},
                                          {"bytes", bytes_of(orphans)},
                                          {"orphans", std::move(list)},
                                          {"engineFault", fault}})
                           .dump(terminal.out.is_terminal()));
    } else if (terminal.quiet) {
        for (const auto& orphan : orphans) terminal.print(orphan.name);
    } else if (!orphans.empty()) {
        terminal.out.write(garbage_table(terminal.out, orphans));
    }
    if (!garbage.engine_fault.empty())
        terminal.note("only folders were looked at: " + harmless_line(garbage.engine_fault));
}

/// All that can be removed, whatever cannot; then says what could not.
void remove_all(const std::vector<Orphan>& orphans)
{
    std::vector<std::string> faults;
    for (const auto& orphan : orphans) {
        try {
            program::remove(orphan);
        } catch (const Error& fault) {
            faults.emplace_back(fault.what());
        }
    }
    if (faults.empty()) return;
    throw Error(Code::conflict,
                faults.front() +
                    (faults.size() == 1 ? "" : "; and " + std::to_string(faults.size() - 1) + " more"),
                {.hint = "skerry gc --dry-run"});
}

int collect_garbage(Call& call, const CollectGarbage& options)
{
    auto& terminal = call.terminal;
    const auto garbage = program::find_garbage(call.app(), call.db());
    const auto& orphans = garbage.orphans;
    const auto size = bytes_for_people(bytes_of(orphans));
    if (orphans.empty() || options.dry_run) {
        show(terminal, garbage, false);
        terminal.note(orphans.empty() ? "nothing is left behind"
                                      : std::to_string(orphans.size()) + " things would be removed, " + size);
        return status::done;
    }
    const bool yes = call.read<Confirmation>().yes;
    if (!yes) {
        terminal.notes.write(garbage_table(terminal.notes, orphans));
        if (!confirmed(terminal,
                       "Remove these " + std::to_string(orphans.size()) + " things (" + size + ")?"))
            return status::not_confirmed;
    }
    remove_all(orphans);
    show(terminal, garbage, true);
    terminal.note(std::to_string(orphans.size()) + " things were removed, " + size);
    return status::done;
}

} // namespace

std::vector<Command> gc_commands()
{
    return {
        {.noun = "gc",
         .summary = "Remove what no project needs any more",
         .details =
             "Containers, networks and volumes of projects that are gone, as their labels and the database "
             "say; "
             "folders of no project in the data folder; and images that skerry has built anew since. What "
             "belongs to another data folder is left alone.",
         .examples = {{"skerry gc --dry-run", "only show it, with sizes"}, {"skerry gc --yes", ""}},
         .input = api::fields_of<CollectGarbage>(),
         .asks = true,
         .run = with<collect_garbage>},
    };
}

} // namespace skerry::cli
