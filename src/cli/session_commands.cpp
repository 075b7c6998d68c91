#include "agent/event_types.hpp"
#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/follower.hpp"
#include "cli/interruption.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/suggestion.hpp"
#include "cli/view.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "projects/project_store.hpp"
#include "sessions/session_actions.hpp"
#include "sessions/session_store.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/presence.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

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

std::string forked_from(const sessions::Session& session)
{
    if (!session.forked_from) return {};
    return session.forked_from->value + (session.forked_at ? " at turn " + session.forked_at->value : "");
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
                                                {"agent", session.agent},
                                                {"forked from", forked_from(session)},
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
            "session", "A session, or a project (all that happens in it)",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&Events::after>("after", "Only events behind this one",
                                   {.max = std::numeric_limits<std::int64_t>::max(), .placeholder = "SEQ"}),
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

/// Of a project all that happens in it, of a session what is said there.
events::Filter filter_of(db::Connection& db, const Events& options)
{
    if (const auto project = projects::find_by_reference(db, options.session))
        return {.project = project->id.value, .types = options.types};
    return {.session = sessions::require(db, options.session).id.value, .types = options.types};
}

/// The project that is followed: it is not stopped for being idle meanwhile.
projects::ProjectId project_of(db::Connection& db, const events::Filter& filter)
{
    if (!filter.project.empty()) return projects::ProjectId(filter.project);
    return sessions::find(db, sessions::SessionId(filter.session))->project;
}

std::vector<std::string> known_types()
{
    std::vector<std::string> known{"project.status", "project.service", "project.deleted"};
    for (const auto& type : agent::event_types()) known.emplace_back(type.name);
    return known;
}

/// A wrong type would show nothing, as if nothing had happened.
void refuse_unknown(const std::vector<std::string>& types)
{
    const auto known = known_types();
    for (const auto& type : types) {
        const bool open = type.ends_with('.');
        if (std::any_of(known.begin(), known.end(), [&](const std::string& name) {
                return open ? name.starts_with(type) : name == type;
            }))
            continue;
        const auto near = nearest(type, known);
        throw Error(Code::bad_request, "there is no type of event '" + type + "'",
                    {.hint = near.empty() ? "for example chat.tool. or chat.turn.ended"
                                          : "did you mean " + near + "?",
                     .fields = {{"types", "has one that is not known"}}});
    }
}

int show_events(Call& call, const Events& options)
{
    refuse_unknown(options.types);
    const auto filter = filter_of(call.db(), options);
    Follower follower(call.terminal, filter, options.after);
    while (follower.look(call.db())) {
    }
    if (options.follow) {
        const Presence presence(call.app().paths.followers(project_of(call.db(), filter).value));
        return follow_on(call, follower);
    }
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
         .verb = "events",
         .summary = "Show what happened in a session or a project, in order",
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
