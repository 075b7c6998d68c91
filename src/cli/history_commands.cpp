#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "sessions/history_actions.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

using sessions::FileChange;

struct Diff {
    std::string session;
    std::optional<std::string> turn;
    bool stat = false;
};
constexpr auto fields(api::Tag<Diff>)
{
    return std::array{
        api::field<&Diff::session>(
            "session", "A session, or a project (its newest session)",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&Diff::turn>("turn", "The turn; else the last that changed something",
                                {.positional = true, .min = 1, .max = 40, .placeholder = "TURN"}),
        api::field<&Diff::stat>("stat", "Only the files, with the lines that came and went"),
    };
}

Paint paint_of_line(std::string_view line)
{
    if (line.starts_with("+++") || line.starts_with("---") || line.starts_with("diff ")) return Paint::strong;
    if (line.starts_with("@@")) return Paint::accent;
    if (line.starts_with("+")) return Paint::good;
    return line.starts_with("-") ? Paint::bad : Paint::plain;
}

/// On a terminal in colours, and without what a file could do to the terminal; elsewhere byte for byte.
std::string shown_patch(const Stream& stream, const std::string& patch)
{
    if (!stream.is_terminal()) return patch;
    std::string text;
    for (const auto& line : split(patch, '\n'))
        text += stream.paint(paint_of_line(line), harmless_line(line)) + "\n";
    if (text.ends_with("\n\n")) text.pop_back();
    return text;
}

std::string lines(const std::optional<std::int64_t>& count)
{
    return count ? std::to_string(*count) : "binary";
}

std::string file_table(const Stream& stream, const std::vector<FileChange>& files)
{
    Table table({{"file", false, true}, {"status"}, {"added", true}, {"removed", true}});
    for (const auto& file : files)
        table.add({{harmless_line(file.path), Paint::strong},
                   file.status,
                   {lines(file.additions), Paint::good},
                   {lines(file.deletions), Paint::bad}});
    return table.shown_on(stream);
}

int show_diff(Call& call, const Diff& options)
{
    auto& terminal = call.terminal;
    api::Context context{call.app(), call.db()};
    const sessions::NamedTurn named{.session = options.session, .turn = options.turn};
    if (!options.stat && !terminal.json && !terminal.quiet) {
        terminal.out.write(shown_patch(terminal.out, sessions::patch_of(context, named)));
        return status::done;
    }
    const auto [turn, files] = sessions::difference(context, named);
    if (terminal.json) {
        auto list = api::Json::array();
        for (const auto& file : files) list.push(to_json(file));
        auto json = api::Json::object({{"turnId", turn.id.value},
                                       {"commitBefore", turn.commit_before},
                                       {"commitAfter", turn.commit_after},
                                       {"files", std::move(list)}});
        if (!options.stat) json.set("patch", sessions::patch_of(context, named));
        terminal.print(json.dump(terminal.out.is_terminal()));
    } else if (terminal.quiet) {
        for (const auto& file : files) terminal.print(file.path);
    } else {
        terminal.out.write(file_table(terminal.out, files));
    }
    return status::done;
}

int change_back(Call& call)
{
    const auto turn = perform_action(call);
    auto& terminal = call.terminal;
    const bool undone = turn["undoneBy"].is_text();
    if (terminal.json)
        terminal.print(turn.dump(terminal.out.is_terminal()));
    else if (terminal.quiet || !terminal.out.is_terminal())
        terminal.print(turn["id"].text());
    else
        terminal.print((undone ? "taken back: " : "brought back: ") +
                       harmless_line(one_line(turn["prompt"].view(), 60)));
    return status::done;
}

} // namespace

std::vector<Command> history_commands()
{
    const auto& undo = program::require_action("sessions.undo");
    const auto& redo = program::require_action("sessions.redo");
    return {
        {.noun = "sessions",
         .verb = "diff",
         .summary = "Show what a turn changed",
         .details =
             "Every turn is a commit in the project's repository. This needs neither the agent nor a running "
             "project.",
         .examples = {{"skerry sessions diff hello", "the last turn that changed something"},
                      {"skerry sessions diff hello --stat --json", ""}},
         .input = api::fields_of<Diff>(),
         .run = with<show_diff>},
        {.noun = "sessions",
         .verb = "undo",
         .summary = undo.summary,
         .details =
             "In a commit of its own: later commits, also your own, stay. Where the same lines were changed "
             "since, nothing is done and the files are named.",
         .input = undo.input,
         .action = undo.name,
         .run = change_back},
        {.noun = "sessions",
         .verb = "redo",
         .summary = redo.summary,
         .input = redo.input,
         .action = redo.name,
         .run = change_back},
    };
}

} // namespace skerry::cli
