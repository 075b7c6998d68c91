#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/follower.hpp"
#include "cli/interruption.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/view.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "projects/project_store.hpp"
#include "sessions/session_actions.hpp"
#include "sessions/session_store.hpp"
#include "util/bell.hpp"

#include <chrono>

namespace skerry::cli {
namespace {

using sessions::NamedSession;

struct ListSessions {
    std::optional<std::string> project;
};
constexpr auto fields(api::Tag<ListSessions>)
{
    return std::array{api::field<&ListSessions::project>(
        "project", "Only those of this project",
        {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"})};
}

int list_sessions(Call& call, const ListSessions& options)
{
    projects::ProjectId project;
    if (options.project) project = projects::require(call.db(), *options.project).id;
    const auto found = sessions::list(call.db(), project);
    return show_list(
        call.terminal, found, [](const sessions::Session& session) { return session.id.value; },
        [&](const Stream& stream) {
            return session_table(stream, found, slugs_of(projects::list(call.db())));
        });
}

int show_session(Call& call, const NamedSession& named)
{
    auto& terminal = call.terminal;
    const auto session = sessions::require(call.db(), named.session);
    const auto turns = sessions::turns_of(call.db(), session.id);
    auto turns_json = api::Json::array();
    for (const auto& turn : turns) turns_json.push(to_json(turn));
    if (terminal.json) {
        terminal.print(to_json(session).set("turns", turns_json).dump(terminal.out.is_terminal()));
    } else if (terminal.quiet) {
        terminal.print(session.id.value);
    } else {
        terminal.out.write(shown(terminal.out, {{"session", {session.id.value, Paint::strong}},
                                                {"title", session.title},
                                                {"project", session.project.value},
                                                {"model", session.model},
                                                {"turns", std::to_string(turns.size())},
                                                {"created", when(terminal.out, session.created_at)}}));
        if (terminal.out.is_terminal() && !turns.empty())
            terminal.out.write("\n" + turn_table(terminal.out, turns));
    }
    return status::done;
}

int list_turns(Call& call, const NamedSession& named)
{
    const auto session = sessions::require(call.db(), named.session);
    const auto turns = sessions::turns_of(call.db(), session.id);
    return show_list(
        call.terminal, turns, [](const sessions::Turn& turn) { return turn.id.value; },
        [&](const Stream& stream) { return turn_table(stream, turns); });
}

struct Events {
    std::string session;
    std::int64_t after = 0;
    std::vector<std::string> types;
    bool follow = false;
};
constexpr auto fields(api::Tag<Events>)
{
    return std::array{
        api::field<&Events::session>(
            "session", "A session, or a project (its newest session)",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&Events::after>("after", "Only events behind this one", {.placeholder = "SEQ"}),
        api::field<&Events::types>("types", "Only these types; a beginning ends with a dot: chat.tool.",
                                   {.max = 50, .placeholder = "TYPE,..."}),
        api::field<&Events::follow>("follow", "Go on with what happens from now on", {.letter = 'f'}),
    };
}

int follow_on(Call& call, Follower& follower)
{
    Bell bell(call.app().paths.running());
    const Interruption interruption([&] { bell.ring_here(); });
    constexpr std::chrono::milliseconds net{250};
    while (interruption.signal() == 0)
        if (!follower.look(call.db())) bell.wait(net);
    follower.finish_line();
    return status::signals + interruption.signal();
}

int show_events(Call& call, const Events& options)
{
    const auto session = sessions::require(call.db(), options.session);
    Follower follower(call.terminal, {.session = session.id.value, .types = options.types}, options.after);
    while (follower.look(call.db())) {
    }
    if (options.follow) return follow_on(call, follower);
    follower.finish_line();
    return status::done;
}

int abort_session(Call& call)
{
    const auto result = perform_action(call);
    auto& terminal = call.terminal;
    const auto turns = result["turns"].number();
    if (terminal.json)
        terminal.print(result.dump(terminal.out.is_terminal()));
    else if (!terminal.out.is_terminal())
        terminal.print(std::to_string(turns));
    else
        terminal.print(turns == 0 ? "nothing was under way"
                                  : std::to_string(turns) + (turns == 1 ? " turn" : " turns") + " cancelled");
    return status::done;
}

} // namespace

std::vector<Command> session_commands()
{
    const auto& prompt = program::require_action("sessions.prompt");
    const auto& abort = program::require_action("sessions.abort");
    return {
        {.noun = "sessions",
         .verb = "list",
         .summary = "List the conversations with agents, newest first",
         .input = api::fields_of<ListSessions>(),
         .run = with<list_sessions>},
        {.noun = "sessions",
         .verb = "show",
         .summary = "Show a session and its turns",
         .input = api::fields_of<NamedSession>(),
         .run = with<show_session>},
        {.noun = "sessions",
         .verb = "prompt",
         .summary = prompt.summary,
         .details = "Starts the project first when it is stopped. Prompts to a busy agent are answered one "
                    "after another.",
         .examples = {{"skerry sessions prompt hello \"add a footer\" --follow", ""},
                      {"git diff | skerry sessions prompt hello - --wait", "the prompt from standard input"}},
         .input = prompt.input,
         .common = Common::work,
         .standard_input = "text",
         .action = prompt.name,
         .run = start_work},
        {.noun = "sessions",
         .verb = "events",
         .summary = "Show what happened in a session, in order",
         .details = "Every event is stored and numbered (seq): --after continues exactly where an earlier "
                    "call ended.",
         .examples = {{"skerry sessions events hello --json | jq -r .type", "one JSON object a line"},
                      {"skerry sessions events hello --follow", "what the agent does, as it does it"}},
         .input = api::fields_of<Events>(),
         .run = with<show_events>},
        {.noun = "sessions",
         .verb = "turns",
         .summary = "List the turns of a session, oldest first",
         .input = api::fields_of<NamedSession>(),
         .run = with<list_turns>},
        {.noun = "sessions",
         .verb = "abort",
         .summary = abort.summary,
         .input = abort.input,
         .action = abort.name,
         .run = abort_session},
    };
}

} // namespace skerry::cli
