#include "sessions/session_store.hpp"

#include "events/event_log.hpp"
#include "projects/project_store.hpp"
#include "sessions/folding.hpp"
#include "util/error.hpp"

namespace skerry::sessions {
namespace {

#define SKERRY_SESSION_COLUMNS                                                                               \
    "select id, project_id, agent_session_id, title, model, agent, forked_from, created_at, updated_at,"     \
    " forked_at from sessions "

template <class Of> std::optional<std::string> text_of(const std::optional<Id<Of>>& id)
{
    return id ? std::optional(id->value) : std::nullopt;
}

template <class Of> std::optional<Id<Of>> id_in(std::optional<std::string> text)
{
    return text ? std::optional(Id<Of>(std::move(*text))) : std::nullopt;
}

Session session_of(const db::Query& row)
{
    return {.id = row.id<Session>(0),
            .project = row.id<projects::Project>(1),
            .agent_session = row.text_if_any(2),
            .title = row.text(3),
            .model = row.text(4),
            .agent = row.text(5),
            .forked_from = id_in<Session>(row.text_if_any(6)),
            .forked_at = id_in<Turn>(row.text_if_any(9)),
            .created_at = row.number(7),
            .updated_at = row.number(8)};
}

std::vector<Session> all_sessions(db::Query& row)
{
    std::vector<Session> found;
    while (row.next()) found.push_back(session_of(row));
    return found;
}

#define SKERRY_TURN_COLUMNS                                                                                  \
    "select id, session_id, project_id, prompt, model, state, message_id, error, cost, tokens_input,"        \
    " tokens_output, files_changed, created_at, sent_at, ended_at, agent, attachments, on_permission,"       \
    " require_change, check_command, fix, max_cost, max_steps, timeout, origin, follows, idempotency_key,"   \
    " position, reason, commit_before, commit_after, undone_by, check_exit, seq_from, seq_to, started_at,"   \
    " hint from turns "

std::vector<std::string> texts_of(const api::Json& list)
{
    std::vector<std::string> texts;
    for (const auto& item : list.items()) texts.push_back(item.text());
    return texts;
}

std::vector<Attachment> attachments_of(const api::Json& list)
{
    std::vector<Attachment> files;
    for (const auto& file : list.items())
        files.push_back({file["name"].text(), file["mime"].text(), file["path"].text()});
    return files;
}

api::Json stored(const std::vector<Attachment>& files)
{
    auto list = api::Json::array();
    for (const auto& file : files)
        list.push(api::Json::object({{"name", file.name}, {"mime", file.mime}, {"path", file.path}}));
    return list;
}

Terms terms_of(const db::Query& row)
{
    return {.on_permission = row.text_if_any(17),
            .require_change = row.number(18) != 0,
            .check = row.text_if_any(19),
            .fix = row.number(20),
            .max_cost = row.real_if_any(21),
            .max_steps = row.number_if_any(22),
            .timeout = row.number_if_any(23)};
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
    turn.agent = row.text(15);
    turn.attachments = attachments_of(api::Json::parse(row.text(16)));
    turn.terms = terms_of(row);
    turn.origin = origin_named(row.text(24)).value_or(Origin::person);
    turn.follows = id_in<Turn>(row.text_if_any(25));
    turn.idempotency_key = row.text_if_any(26);
    turn.position = row.number(27);
    turn.reason = row.text_if_any(28);
    turn.commit_before = row.text_if_any(29);
    turn.commit_after = row.text_if_any(30);
    turn.undone_by = row.text_if_any(31);
    turn.check_exit = row.number_if_any(32);
    turn.seq_from = row.number_if_any(33);
    turn.seq_to = row.number_if_any(34);
    turn.started_at = row.number_if_any(35);
    turn.hint = row.text_if_any(36);
    return turn;
}

std::vector<Turn> all_turns(db::Query& row)
{
    std::vector<Turn> found;
    while (row.next()) found.push_back(turn_of(row));
    return found;
}

/// Returns the event's seq.
std::int64_t tell(db::Connection& db, const Turn& turn, const char* type, api::Json payload)
{
    return events::append(db, {.type = type,
                               .project = turn.project.value,
                               .session = turn.session.value,
                               .turn = turn.id.value,
                               .payload = std::move(payload)});
}

/// Most often that of its beginning, but what kept it from being sent comes before.
void set_first_event(db::Connection& db, const TurnId& id)
{
    db::execute(db,
                "update turns set seq_from = (select min(seq) from events where session_id = turns.session_id"
                " and turn_id = turns.id and seq > coalesce((select max(seq_to) from turns as earlier"
                " where earlier.session_id = turns.session_id), 0)) where id = ?1 and seq_from is null",
                id);
}

} // namespace

void insert(db::Connection& db, const Session& session)
{
    db::execute(
        db,
        "insert into sessions(id, project_id, title, model, agent, forked_from, forked_at, created_at,"
        " updated_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
        session.id, session.project, session.title, session.model, session.agent,
        text_of(session.forked_from), text_of(session.forked_at), session.created_at);
}

void remove(db::Connection& db, const SessionId& id)
{
    db::execute(db, "delete from events where session_id = ?1", id);
    db::execute(db, "delete from sessions where id = ?1", id);
}

std::optional<Session> find_fork_to_come(db::Connection& db, const SessionId& id)
{
    db::Query row(db, SKERRY_SESSION_COLUMNS "where forked_from = ?1 and agent_session_id is null limit 1",
                  id);
    return row.next() ? std::optional(session_of(row)) : std::nullopt;
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

std::vector<Session> list_part(db::Connection& db, const Slice& slice)
{
    db::Query row(
        db,
        SKERRY_SESSION_COLUMNS
        "where (?1 = '' or project_id = ?1) and exists (select 1 from projects"
        " where projects.id = project_id and deleted_at is null and (?2 is null or owner_user_id = ?2))"
        " and (created_at, ?4) < (?3, id) order by created_at desc, id limit ?5",
        slice.project, slice.owner, slice.created_at, slice.id, slice.limit);
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
    const auto& terms = turn.terms;
    db::execute(
        db,
        "insert into turns(id, session_id, project_id, prompt, model, state, created_at, agent,"
        " attachments, on_permission, require_change, check_command, fix, max_cost, max_steps, timeout,"
        " origin, follows, idempotency_key, position)"
        " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,"
        " (select coalesce(max(position), 0) + 1 from turns where project_id = ?3))",
        turn.id, turn.session, turn.project, turn.prompt, turn.model, name_of(turn.state), turn.created_at,
        turn.agent, stored(turn.attachments).dump(), terms.on_permission, terms.require_change ? 1 : 0,
        terms.check, terms.fix, terms.max_cost, terms.max_steps, terms.timeout, name_of(turn.origin),
        text_of(turn.follows), turn.idempotency_key);
}

std::optional<Turn> find_turn(db::Connection& db, const TurnId& id)
{
    db::Query row(db, SKERRY_TURN_COLUMNS "where id = ?1", id);
    return row.next() ? std::optional(turn_of(row)) : std::nullopt;
}

std::optional<Turn> find_turn_by_key(db::Connection& db, const projects::ProjectId& project,
                                     const std::string& idempotency_key)
{
    db::Query row(db, SKERRY_TURN_COLUMNS "where project_id = ?1 and idempotency_key = ?2", project,
                  idempotency_key);
    return row.next() ? std::optional(turn_of(row)) : std::nullopt;
}

std::optional<Turn> find_follower(db::Connection& db, const TurnId& id)
{
    db::Query row(db,
                  SKERRY_TURN_COLUMNS
                  "where session_id = (select session_id from turns where id = ?1) and follows = ?1",
                  id);
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
    db::Query row(db, SKERRY_TURN_COLUMNS "where session_id = ?1 order by position, rowid", session);
    return all_turns(row);
}

std::vector<Turn> turns_of(db::Connection& db, const SessionId& session, std::int64_t position,
                           std::int64_t limit)
{
    db::Query row(
        db, SKERRY_TURN_COLUMNS "where session_id = ?1 and position > ?2 order by position, rowid limit ?3",
        session, position, limit);
    return all_turns(row);
}

std::vector<Turn> live_turns(db::Connection& db, const projects::ProjectId& project)
{
    db::Query row(db,
                  SKERRY_TURN_COLUMNS "where project_id = ?1 and ended_at is null order by position, rowid",
                  project);
    return all_turns(row);
}

void set_message(db::Connection& db, const TurnId& id, const std::string& message)
{
    db::execute(db,
                "update turns set message_id = ?2 where id = ?1 and message_id is null and ended_at is null",
                id, message);
}

void set_turn_state(db::Connection& db, const TurnId& id, TurnState state)
{
    const auto before = find_turn(db, id);
    if (!before || before->ended_at || before->state == state) return;
    const bool begun = state == TurnState::running || state == TurnState::needs_input;
    db::execute(
        db,
        "update turns set state = ?2, sent_at = coalesce(sent_at, ?3), started_at = coalesce(started_at,"
        " case when ?4 then ?3 end) where id = ?1",
        id, name_of(state), now(), begun ? 1 : 0);
    if (before->state != TurnState::queued) return;
    tell(db, *before, "chat.turn.started", api::Json::object({{"model", before->model}}));
    set_first_event(db, id);
}

void set_commit_before(db::Connection& db, const TurnId& id, const std::string& commit)
{
    db::execute(db, "update turns set commit_before = coalesce(commit_before, ?2) where id = ?1", id, commit);
}

void set_position(db::Connection& db, const TurnId& id, std::int64_t position)
{
    db::execute(db, "update turns set position = ?2 where id = ?1 and message_id is null", id, position);
}

void set_undone_by(db::Connection& db, const TurnId& id, const std::optional<std::string>& commit)
{
    db::execute(db, "update turns set undone_by = ?2 where id = ?1", id, commit);
}

void end_turn(db::Connection& db, const TurnId& id, const TurnEnd& end)
{
    const int ended = db::execute(db,
                                  "update turns set state = ?2, error = ?3, reason = ?4, cost = ?5,"
                                  " tokens_input = ?6, tokens_output = ?7, files_changed = ?8,"
                                  " commit_after = ?9, check_exit = ?10, ended_at = ?11, hint = ?12"
                                  " where id = ?1 and ended_at is null",
                                  id, name_of(end.state), end.error, end.reason, end.cost, end.tokens_input,
                                  end.tokens_output, api::Json(end.files_changed).dump(), end.commit_after,
                                  end.check_exit, now(), end.hint);
    if (ended == 0) return;
    fold_later(db, id);
    db::execute(
        db, "update requests set state = 'dropped', ended_at = ?2 where turn_id = ?1 and ended_at is null",
        id, now());
    const auto seq =
        tell(db, *find_turn(db, id), "chat.turn.ended",
             api::Json::object(
                 {{"outcome", name_of(end.state)},
                  {"error", end.error},
                  {"reason", end.reason},
                  {"hint", end.hint},
                  {"cost", end.cost},
                  {"tokens", api::Json::object({{"input", end.tokens_input}, {"output", end.tokens_output}})},
                  {"filesChanged", end.files_changed}}));
    set_first_event(db, id);
    db::execute(db, "update turns set seq_to = ?2 where id = ?1", id, seq);
}

} // namespace skerry::sessions
