#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/rows.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

int change_line(Call& call)
{
    const auto turn = perform_action(call);
    auto& terminal = call.terminal;
    const auto* what = turn["state"].view() == "cancelled" ? "dropped: " : "moved: ";
    if (terminal.json)
        terminal.print(turn.dump(terminal.out.is_terminal()));
    else if (terminal.quiet || !terminal.out.is_terminal())
        terminal.print(turn["id"].text());
    else
        terminal.print(what + harmless_line(one_line(turn["prompt"].view(), 60)));
    return status::done;
}

} // namespace

std::vector<Command> line_commands()
{
    const auto& drop = program::require_action("sessions.drop");
    const auto& move = program::require_action("sessions.move");
    return {
        {.noun = "sessions",
         .verb = "drop",
         .summary = drop.summary,
         .details = "The agent never sees it. What the agent is doing already is ended by 'sessions abort'.",
         .input = drop.input,
         .action = drop.name,
         .run = change_line},
        {.noun = "sessions",
         .verb = "move",
         .summary = move.summary,
         .examples = {{"skerry sessions move 5a1f", "the next one"},
                      {"skerry sessions move 5a1f --before 09cc", ""}},
         .input = move.input,
         .action = move.name,
         .run = change_line},
    };
}

} // namespace skerry::cli
