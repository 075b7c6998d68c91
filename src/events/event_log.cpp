#include "events/event_log.hpp"

#include <algorithm>
#include <iterator>

namespace skerry::events {
namespace {

/// What an agent sent may be as deep as JSON may be, and is stored inside an object of ours.
constexpr std::size_t deepest_payload = 200;

std::optional<std::string> if_any(const std::string& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

bool wants_type(const Filter& filter, std::string_view type)
{
    return filter.types.empty() ||
           std::any_of(filter.types.begin(), filter.types.end(), [&](const std::string& wanted) {
               return wanted == type || (wanted.ends_with('.') && type.starts_with(wanted));
           });
}

/// Without its payload, which is costly to read and not always wanted.
Event event_of(const db::Query& row)
{
    return {row.number(0),
            row.number(1),
            {row.text(2), row.text(3), row.text(4), row.text(5), row.number(6), {}}};
}

api::Json payload_of(const db::Query& row)
{
    return api::Json::parse(row.text(7), deepest_payload);
}

/// One statement for each way to ask, so that each uses its index.
std::string_view statement_for(const Filter& filter)
{
    if (!filter.session.empty())
        return "select seq, time, type, project_id, session_id, turn_id, job_id, payload from events"
               " where session_id = ?1 and seq > ?2 order by seq limit ?3";
    if (!filter.project.empty())
        return "select seq, time, type, project_id, session_id, turn_id, job_id, payload from events"
               " where project_id = ?1 and seq > ?2 order by seq limit ?3";
    return "select seq, time, type, project_id, session_id, turn_id, job_id, payload from events"
           " where ?1 = '' and seq > ?2 order by seq limit ?3";
}

} // namespace

bool wants(const Filter& filter, const Draft& fact)
{
    return wants_type(filter, fact.type) && (filter.turn.empty() || filter.turn == fact.turn) &&
           (filter.project.empty() || filter.project == fact.project) &&
           (filter.session.empty() || filter.session == fact.session);
}

api::Json to_json(const Event& event)
{
    const auto& fact = event.fact;
    auto json = api::Json::object({{"seq", event.seq}, {"type", fact.type}});
    json.set("projectId", if_any(fact.project)).set("sessionId", if_any(fact.session));
    if (!fact.turn.empty()) json.set("turnId", fact.turn);
    if (fact.job != 0) json.set("jobId", fact.job);
    json.set("time", event.time).set("payload", fact.payload);
    return json;
}

std::int64_t append(db::Connection& db, const Draft& draft)
{
    db::execute(db,
                "insert into events(type, project_id, session_id, turn_id, job_id, time, payload)"
                " values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                draft.type, if_any(draft.project), if_any(draft.session), if_any(draft.turn),
                draft.job != 0 ? std::optional(draft.job) : std::nullopt, now(), draft.payload.dump());
    return db.last_insert_id();
}

Part read_part(db::Connection& db, const Filter& filter, std::int64_t after, int rows)
{
    const auto& key = filter.session.empty() ? filter.project : filter.session;
    Part part{.next = after};
    int count = 0;
    for (db::Query row(db, statement_for(filter), key, after, rows); row.next(); ++count) {
        auto event = event_of(row);
        part.next = event.seq;
        if (!wants(filter, event.fact)) continue;
        event.fact.payload = payload_of(row);
        part.events.push_back(std::move(event));
    }
    part.more = count == rows;
    return part;
}

std::vector<Event> read(db::Connection& db, const Filter& filter, std::int64_t after, int limit)
{
    const auto most = static_cast<std::size_t>(std::max(limit, 0));
    std::vector<Event> found;
    for (bool more = true; more && found.size() < most;) {
        auto part = read_part(db, filter, after, limit - static_cast<int>(found.size()));
        std::move(part.events.begin(), part.events.end(), std::back_inserter(found));
        after = part.next;
        more = part.more;
    }
    return found;
}

void rewrite(db::Connection& db, std::int64_t seq, const api::Json& payload)
{
    db::execute(db, "update events set payload = ?2 where seq = ?1", seq, payload.dump());
}

void remove(db::Connection& db, const std::vector<std::int64_t>& seqs)
{
    for (const auto seq : seqs) db::execute(db, "delete from events where seq = ?1", seq);
}

std::int64_t newest(db::Connection& db)
{
    db::Query row(db, "select coalesce(max(seq), 0) from sqlite_sequence where name = 'events'");
    row.next();
    return row.number(0);
}

} // namespace skerry::events
