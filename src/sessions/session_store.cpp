#include "sessions/session_store.hpp"

#include "events/event_log.hpp"
#include "projects/project_store.hpp"
#include "util/error.hpp"

namespace skerry::sessions {
namespace {

#define SKERRY_SESSION_COLUMNS                                                                               \
    "select id, project_id, agent_session_id, title, model, created_at, updated_at from sessions "

Session session_of(const db::Query& row)
{
    return {row.id<Session>(0), row.id<projects::Project>(1),
            row.text_if_any(2), row.text(3),
            row.text(4),        row.number(5),
            row.number(6)};
}

std::vector<Session> all_sessions(db::Query& row)
{
    std::vector<Session> found;
    while (row.next()) found.push_back(session_of(row));
    return found;
}

#define SKERRY_TURN_COLUMNS                                                                                  \
    "select id, session_id, project_id, prompt, model, state, message_id, error, cost, tokens_input, "       \
    "tokens_output,"                                                                                         \
    " files_changed, created_at, sent_at, ended_at from turns "

std::vector<std::string> texts_of(const api::Json& list)
{
    std::vector<std::string> texts;
    for (const auto& item : list.items()) texts.push_back(item.text());
    return texts;
}

Turn turn_of(const db::Query& row)
{
    Turn turn;
    turn.id = row.id<Turn>(0);
    turn.session = row.id<Session>(1);
    turn.project = row.id<projects::Project>(2);
    turn.prompt = row.text(3);
    turn.model = row.text(4);
    turn.state = turn_state_named(row.text(5)).value_or(TurnState::failed);
    turn.message = row.text_if_any(6);
    turn.error = row.text_if_any(7);
    turn.cost = row.real(8);
    turn.tokens_input = row.number(9);
    turn.tokens_output = row.number(10);
    turn.files_changed = texts_of(api::Json::parse(row.text(11)));
    turn.created_at = row.number(12);
    turn.sent_at = row.number_if_any(13);
    turn.ended_at = row.number_if_any(14);
    return turn;
}

std::vector<Turn> all_turns(db::Query& row)
{
    std::vector<Turn> found;
    while (row.next()) found.push_back(turn_of(row));
    return found;
}

void tell(db::Connection& db, const Turn& turn, const char* type, api::Json payload)
{
    events::append(db, {.type = type,
                        .project = turn.project.value,
                        .session = turn.session.value,
                        .turn = turn.id.value,
                        .payload = std::move(payload)});
}

} // namespace

void insert(db::Connection& db, const Session& session)
{
    db::execute(db,
                "insert into sessions(id, project_id, title, model, created_at, updated_at)"
                " values (?1, ?2, ?3, ?4, ?5, ?5)",
                session.id, session.project, session.title, session.model, session.created_at);
}

std::optional<Session> find(db::Connection& db, const SessionId& id)
{
    db::Query row(db, SKERRY_SESSION_COLUMNS "where id = ?1", id);
    return row.next() ? std::optional(session_of(row)) : std::nullopt;
}

Session require(db::Connection& db, std::string_view reference)
{
    db::Query row(db, SKERRY_SESSION_COLUMNS "where substr(id, 1, length(?1)) = ?1 limit 2", reference);
    const auto found = all_sessions(row);
    const std::string name(reference);
    if (found.size() == 1 && !name.empty()) return found.front();
    if (found.size() > 1 && !name.empty())
        throw Error(Code::conflict, "'" + name + "' is the beginning of more than one session's id",
                    {.hint = "type more of it"});
    const auto project = projects::find_by_reference(db, reference);
    if (!project)
        throw Error(Code::not_found, "there is no session or project '" + name + "'",
                    {.hint = "skerry sessions list"});
    if (auto session = newest(db, project->id)) return *session;
    throw Error(Code::not_found, "the project " + project->slug + " has no session yet",
                {.hint = "skerry sessions prompt " + project->slug + " \"...\""});
}

std::vector<Session> list(db::Connection& db, const projects::ProjectId& project)
{
    db::Query row(db,
                  SKERRY_SESSION_COLUMNS
                  "where (?1 = '' or project_id = ?1) and exists (select 1 from projects"
                  " where projects.id = project_id and deleted_at is null)"
                  " order by created_at desc, id",
                  project);
    return all_sessions(row);
}

std::optional<Session> newest(db::Connection& db, const projects::ProjectId& project)
{
    db::Query row(db, SKERRY_SESSION_COLUMNS "where project_id = ?1 order by created_at desc, id limit 1",
                  project);
    return row.next() ? std::optional(session_of(row)) : std::nullopt;
}

void set_agent_session(db::Connection& db, const SessionId& id, const std::string& agent_session)
{
    db::execute(db, "update sessions set agent_session_id = ?2, updated_at = ?3 where id = ?1", id,
                agent_session, now());
}

void insert(db::Connection& db, const Turn& turn)
{
    db::execute(db,
                "insert into turns(id, session_id, project_id, prompt, model, state, created_at)"
                " values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                turn.id, turn.session, turn.project, turn.prompt, turn.model, name_of(turn.state),
                turn.created_at);
}

std::optional<Turn> find_turn(db::Connection& db, const TurnId& id)
{
    db::Query row(db, SKERRY_TURN_COLUMNS "where id = ?1", id);
    return row.next() ? std::optional(turn_of(row)) : std::nullopt;
}

Turn require_turn(db::Connection& db, std::string_view reference)
{
    db::Query row(db, SKERRY_TURN_COLUMNS "where substr(id, 1, length(?1)) = ?1 limit 2", reference);
    const auto found = all_turns(row);
    if (found.size() == 1 && !reference.empty()) return found.front();
    throw Error(found.empty() ? Code::not_found : Code::conflict,
                (found.empty() ? "there is no turn '" : "more than one turn begins with '") +
                    std::string(reference) + "'",
                {.hint = "skerry sessions turns PROJECT"});
}

std::vector<Turn> turns_of(db::Connection& db, const SessionId& session)
{
    db::Query row(db, SKERRY_TURN_COLUMNS "where session_id = ?1 order by created_at, rowid", session);
    return all_turns(row);
}

std::vector<Turn> live_turns(db::Connection& db, const projects::ProjectId& project)
{
    db::Query row(db,
                  SKERRY_TURN_COLUMNS "where project_id = ?1 and ended_at is null order by created_at, rowid",
                  project);
    return all_turns(row);
}

void set_message(db::Connection& db, const TurnId& id, const std::string& message)
{
    db::execute(db, "update turns set message_id = ?2 where id = ?1 and message_id is null", id, message);
}

void set_turn_state(db::Connection& db, const TurnId& id, TurnState state)
{
    const auto before = find_turn(db, id);
    if (!before || before->ended_at || before->state == state) return;
    db::execute(db, "update turns set state = ?2, sent_at = coalesce(sent_at, ?3) where id = ?1", id,
                name_of(state), now());
    if (before->state == TurnState::queued)
        tell(db, *before, "chat.turn.started", api::Json::object({{"model", before->model}}));
}

void end_turn(db::Connection& db, const TurnId& id, const TurnEnd& end)
{
    const int ended = db::execute(db,
                                  "update turns set state = ?2, error = ?3, cost = ?4, tokens_input = ?5,"
                                  " tokens_output = ?6, files_changed = ?7, ended_at = ?8"
                                  " where id = ?1 and ended_at is null",
                                  id, name_of(end.state), end.error, end.cost, end.tokens_input,
                                  end.tokens_output, api::Json(end.files_changed).dump(), now());
    if (ended == 0) return;
    tell(db, *find_turn(db, id), "chat.turn.ended",
         api::Json::object(
             {{"outcome", name_of(end.state)},
              {"error", end.error},
              {"cost", end.cost},
              {"tokens", api::Json::object({{"input", end.tokens_input}, {"output", end.tokens_output}})},
              {"filesChanged", end.files_changed}}));
}

} // namespace skerry::sessions
