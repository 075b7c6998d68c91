#include "sessions/request_store.hpp"

#include "agent/event_types.hpp"
#include "util/error.hpp"

namespace skerry::sessions {
namespace {

#define SKERRY_REQUEST_COLUMNS                                                                               \
    "select id, project_id, session_id, turn_id, kind, state, payload, reply, message, choices, asked_at,"   \
    " answered_at, ended_at from requests "

std::vector<std::vector<std::string>> choices_of(const std::optional<std::string>& text)
{
    std::vector<std::vector<std::string>> choices;
    if (!text) return choices;
    const auto list = api::Json::parse(*text);
    for (const auto& labels : list.items()) {
        choices.emplace_back();
        for (const auto& label : labels.items()) choices.back().push_back(label.text());
    }
    return choices;
}

api::Json stored(const std::vector<std::vector<std::string>>& choices)
{
    auto list = api::Json::array();
    for (const auto& labels : choices) list.push(labels);
    return list;
}

std::vector<Request> all_requests(db::Query& row)
{
    constexpr std::size_t deepest_payload = 200;
    std::vector<Request> found;
    while (row.next()) {
        Request request;
        request.id = row.text(0);
        request.project = row.id<projects::Project>(1);
        request.session = row.id<Session>(2);
        request.turn = row.id<Turn>(3);
        request.kind = row.text(4);
        request.state = request_state_named(row.text(5)).value_or(RequestState::dropped);
        request.payload = api::Json::parse(row.text(6), deepest_payload);
        request.reply = row.text_if_any(7);
        request.message = row.text_if_any(8);
        request.choices = choices_of(row.text_if_any(9));
        request.asked_at = row.number(10);
        request.answered_at = row.number_if_any(11);
        request.ended_at = row.number_if_any(12);
        found.push_back(std::move(request));
    }
    return found;
}

/// An agent that asks again what another turn had left unanswered asks the present one.
void open(db::Connection& db, const Turn& turn, std::string_view kind, const api::Json& payload)
{
    db::execute(db,
                "insert into requests(id, project_id, session_id, turn_id, kind, state, payload, asked_at)"
                " values (?1, ?2, ?3, ?4, ?5, 'open', ?6, ?7) on conflict(id) do update set"
                " project_id = excluded.project_id, session_id = excluded.session_id,"
                " turn_id = excluded.turn_id, state = 'open', payload = excluded.payload, reply = null,"
                " message = null, choices = null, asked_at = excluded.asked_at, answered_at = null,"
                " ended_at = null where turn_id <> excluded.turn_id",
                payload["requestId"].text(), turn.project, turn.session, turn.id, kind, payload.dump(),
                now());
}

void end(db::Connection& db, const Turn& turn, const api::Json& payload)
{
    const bool dropped = payload["reply"].view() == "dropped";
    db::execute(db,
                "update requests set state = ?3, ended_at = ?4 where id = ?1 and turn_id = ?2"
                " and ended_at is null",
                payload["requestId"].text(), turn.id, dropped ? "dropped" : "resolved", now());
}

} // namespace

void keep_request(db::Connection& db, const Turn& turn, const agent::Event& event)
{
    namespace type = agent::type;
    if (event.type == type::permission_requested) open(db, turn, "permission", event.payload);
    if (event.type == type::question_requested) open(db, turn, "question", event.payload);
    if (event.type == type::permission_resolved || event.type == type::question_resolved)
        end(db, turn, event.payload);
}

std::vector<Request> open_requests(db::Connection& db, const SessionId& session)
{
    db::Query row(db,
                  SKERRY_REQUEST_COLUMNS
                  "where ended_at is null and state = 'open' and (?1 = '' or session_id = ?1)"
                  " order by asked_at, id",
                  session);
    return all_requests(row);
}

Request require_request(db::Connection& db, const SessionId& session, std::string_view reference)
{
    db::Query row(db,
                  SKERRY_REQUEST_COLUMNS
                  "where session_id = ?1 and substr(id, 1, length(?2)) = ?2 order by asked_at desc limit 2",
                  session, reference);
    const auto found = all_requests(row);
    if (found.size() == 1) return found.front();
    const auto name = "'" + std::string(reference) + "'";
    throw Error(found.empty() ? Code::not_found : Code::conflict,
                found.empty() ? "the session has asked for nothing called " + name
                              : "more than one request of the session begins with " + name,
                {.hint = "skerry sessions pending " + session.value});
}

void write_answer(db::Connection& db, const Request& request)
{
    const auto choices =
        request.choices.empty() ? std::nullopt : std::optional(stored(request.choices).dump());
    db::execute(
        db,
        "update requests set state = 'answered', reply = ?2, message = ?3, choices = ?4, answered_at = ?5"
        " where id = ?1 and state = 'open'",
        request.id, request.reply, request.message, choices, now());
}

std::vector<agent::Reply> answers_for(db::Connection& db, const TurnId& turn)
{
    db::Query row(db, SKERRY_REQUEST_COLUMNS "where turn_id = ?1 and state = 'answered' and ended_at is null",
                  turn);
    std::vector<agent::Reply> replies;
    for (const auto& request : all_requests(row))
        replies.push_back({.request = request.id,
                           .reply = request.reply.value_or("reject"),
                           .message = request.message.value_or(""),
                           .choices = request.choices});
    return replies;
}

} // namespace skerry::sessions
