#include "sessions/folding.hpp"

#include "agent/event_types.hpp"
#include "events/event_log.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace skerry::sessions {
namespace {

/// For those who follow: they have read the pieces by then.
constexpr Time patience = 5'000;
constexpr int most_turns = 20; // turns in one transaction

struct Due {
    TurnId turn;
    std::string session;
    std::int64_t from = 0; ///< there is nothing to fold before
    bool ended = false;    ///< nothing more will come
};

std::vector<Due> due_by(db::Connection& db, Time time)
{
    std::vector<Due> found;
    db::Query row(db,
                  "select turn_id, folding.session_id, from_seq, ended_at is not null from folding"
                  " join turns on turns.id = turn_id where due_at <= ?1 order by due_at limit ?2",
                  time, most_turns);
    while (row.next()) found.push_back({row.id<Turn>(0), row.text(1), row.number(2), row.boolean(3)});
    return found;
}

/// One text in pieces.
struct Text {
    std::string message;
    std::vector<std::int64_t> pieces{}; ///< their numbers, ascending
    api::Json payload{};                ///< of the first piece, for what is the same in all
    std::string whole{};

    void add(const events::Event& piece)
    {
        const auto& given = piece.fact.payload;
        if (pieces.empty()) payload = given;
        pieces.push_back(piece.seq);
        whole = given.has("text") ? given["text"].text() : whole + given["delta"].text();
    }
};

/// The texts of a turn that have not been folded yet.
struct Unfolded {
    std::map<std::string, Text> texts{}; ///< by part
    std::set<std::string> ended{};       ///< messages
    std::int64_t newest = 0;

    void take(const events::Event& event)
    {
        const auto& payload = event.fact.payload;
        newest = event.seq;
        if (event.fact.type == agent::type::message_final) {
            ended.insert(payload["messageId"].text());
            return;
        }
        auto& text = texts[payload["partId"].text()];
        text.message = payload["messageId"].text();
        text.add(event);
    }
};

Unfolded read_unfolded(db::Connection& db, const Due& due)
{
    const events::Filter filter{.session = due.session,
                                .turn = due.turn.value,
                                .types = {std::string(agent::type::part_added),
                                          std::string(agent::type::reasoning_part),
                                          std::string(agent::type::message_final)}};
    Unfolded unfolded{.newest = due.from};
    for (auto part = events::read(db, filter, due.from); !part.empty();
         part = events::read(db, filter, unfolded.newest))
        for (const auto& event : part) unfolded.take(event);
    return unfolded;
}

void fold(db::Connection& db, Text& text)
{
    if (text.pieces.size() < 2) return;
    text.payload.remove("delta");
    text.payload.set("text", text.whole);
    events::rewrite(db, text.pieces.back(), text.payload);
    text.pieces.pop_back();
    events::remove(db, text.pieces);
}

void fold_turn(db::Connection& db, const Due& due)
{
    auto unfolded = read_unfolded(db, due);
    auto next = unfolded.newest;
    for (auto& [part, text] : unfolded.texts) {
        if (due.ended || unfolded.ended.contains(text.message))
            fold(db, text);
        else
            next = std::min(next, text.pieces.front() - 1);
    }
    if (due.ended)
        db::execute(db, "delete from folding where turn_id = ?1", due.turn);
    else
        db::execute(db, "update folding set from_seq = ?2, due_at = null where turn_id = ?1", due.turn, next);
}

std::optional<Time> next_folding(const App& /*app*/, db::Connection& db)
{
    db::Query row(db, "select min(due_at) from folding where due_at is not null");
    row.next();
    return row.number_if_any(0);
}

void fold_due(const App& /*app*/, db::Connection& db, Time now)
{
    for (const auto& due : due_by(db, now)) fold_turn(db, due);
}

} // namespace

void fold_later(db::Connection& db, const TurnId& turn)
{
    db::execute(db,
                "insert into folding(turn_id, session_id, from_seq, due_at)"
                " select id, session_id, coalesce((select max(seq_to) from turns as earlier"
                " where earlier.session_id = turns.session_id), 0), ?2 from turns where id = ?1"
                " on conflict(turn_id) do update set due_at = coalesce(due_at, excluded.due_at)",
                turn, now() + patience);
}

queue::Feeder folder()
{
    return {.next = next_folding, .feed = fold_due};
}

} // namespace skerry::sessions
