#include "cli/call.hpp"
#include "cli/confirmation.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "sessions/conversation.hpp"
#include "sessions/session_actions.hpp"
#include "sessions/session_store.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

using sessions::Message;
using sessions::NamedSession;

int show_changed(Call& call, std::string_view words)
{
    const auto session = perform_action(call);
    auto& terminal = call.terminal;
    if (terminal.json)
        terminal.print(session.dump(terminal.out.is_terminal()));
    else if (terminal.quiet || !terminal.out.is_terminal())
        terminal.print(session["id"].text());
    else
        terminal.print(session["id"].text() + std::string(words) + ": " +
                       harmless_line(session["title"].view()));
    return status::done;
}

int create_session(Call& call)
{
    return show_changed(call, " is ready");
}

int fork_session(Call& call)
{
    return show_changed(call, " goes on from there");
}

int delete_session(Call& call)
{
    const auto session = sessions::require(call.db(), call.read<NamedSession>().session);
    const auto question = "Delete the conversation '" + one_line(session.title, 60) + "'?";
    const bool yes = call.read<Confirmation>().yes || confirmed(call.terminal, question);
    return yes ? show_changed(call, " is deleted") : status::not_confirmed;
}

std::string tool_line(const Stream& stream, const api::Json& tool)
{
    const bool good = tool["state"].view() == "done" && tool["exitCode"].number() == 0;
    auto words = harmless_line(tool["title"].view());
    if (words.empty()) words = harmless_line(tool["tool"].view());
    if (const auto code = tool["exitCode"].number(); code != 0)
        words += ": exit code " + std::to_string(code);
    if (tool.has("error")) words += ": " + one_line(harmless_line(tool["error"].view()), 200);
    return "  " + stream.paint(good ? Paint::faint : Paint::bad, words) + "\n";
}

std::string told(const Stream& stream, const Message& message)
{
    const bool asked = message.role == "user";
    std::string text;
    if (const auto words = trim(message.text); !words.empty())
        text += (asked ? stream.paint(Paint::strong, "> " + harmless(words)) : harmless(words)) + "\n";
    for (const auto& tool : message.tools) text += tool_line(stream, tool);
    return text;
}

int show_messages(Call& call, const NamedSession& named)
{
    auto& terminal = call.terminal;
    const auto session = sessions::require(call.db(), named.session);
    bool first = true;
    for (const auto& message : sessions::conversation_of(call.db(), session.id)) {
        if (terminal.json)
            terminal.print(to_json(message).dump());
        else if (terminal.quiet)
            terminal.print(message.id);
        else
            terminal.out.write((first ? "" : "\n") + told(terminal.out, message));
        first = false;
    }
    return status::done;
}

} // namespace

std::vector<Command> conversation_commands()
{
    const auto& create = program::require_action("sessions.create");
    const auto& fork = program::require_action("sessions.fork");
    const auto& erase = program::require_action("sessions.delete");
    return {
        {.noun = "sessions",
         .verb = "create",
         .summary = create.summary,
         .details = "The agent hears of it with the first prompt. A project's prompts go to its newest "
                    "session, unless a session is named.",
         .examples = {{"skerry sessions create hello --agent plan --title \"how could this be faster?\"",
                       "one that changes nothing"}},
         .input = create.input,
         .action = create.name,
         .run = create_session},
        {.noun = "sessions",
         .verb = "fork",
         .summary = fork.summary,
         .details =
             "The files are the project's and stay as they are; 'sessions undo' takes back what a turn "
             "changed.",
         .examples = {{"skerry sessions fork hello --at 5a1f", "another way to go on from there"}},
         .input = fork.input,
         .action = fork.name,
         .run = fork_session},
        {.noun = "sessions",
         .verb = "delete",
         .summary = erase.summary,
         .details = "With its turns and its events. What it changed in the project stays, in files and "
                    "commits.",
         .input = erase.input,
         .asks = true,
         .action = erase.name,
         .run = delete_session},
        {.noun = "sessions",
         .verb = "messages",
         .summary = "Show what was said in a session",
         .details = "From what is stored: the project need not run. With --json one message a line.",
         .examples = {{"skerry sessions messages hello --json | jq -r 'select(.role==\"assistant\").text'",
                       ""}},
         .input = api::fields_of<NamedSession>(),
         .run = with<show_messages>},
    };
}

} // namespace skerry::cli
