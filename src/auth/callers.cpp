#include "auth/callers.hpp"

#include "auth/proof.hpp"
#include "auth/token_store.hpp"
#include "db/other_patience.hpp"
#include "util/error.hpp"

namespace skerry::auth {
namespace {

constexpr Time minute = 60'000;
constexpr Time hour = 60 * minute;
constexpr Time day = 24 * hour;
constexpr std::size_t proof_length = 43;

/// What is only good to know neither holds a request up nor fails it: where the database is busy or the disk
/// full, a later request writes it.
template <class Write> void in_passing(db::Connection& db, const Write& write)
{
    const db::OtherPatience little(db, std::chrono::milliseconds(50));
    try {
        db::Transaction transaction(db);
        write();
        transaction.commit();
    } catch (const Error& fault) {
        if (fault.code() != Code::unavailable) throw;
    }
}

/// What the database knows of a login in use.
struct Use {
    std::string id;
    std::string user;
    std::string name;
    bool admin = false;
    Time expires_at = 0;
    Time last_seen_at = 0;
    std::string address;
    std::string client;
};

std::optional<Use> find_use(db::Connection& db, std::string_view token, Time now)
{
    db::Query row(db,
                  "select logins.id, user_id, users.name, role = 'admin', expires_at, last_seen_at, address,"
                  " client"
                  " from logins join users on users.id = user_id where digest = ?1 and expires_at > ?2",
                  digest_of(token), now);
    if (!row.next()) return std::nullopt;
    return Use{row.text(0),   row.text(1),   row.text(2), row.boolean(3),
               row.number(4), row.number(5), row.text(6), row.text(7)};
}

bool renews(const Use& use, Time now)
{
    return use.expires_at <= now + login_lifetime - day;
}

bool is_worth_writing(const Use& use, const Origin& origin, Time now)
{
    const bool elsewhere = use.address != origin.address || use.client != client_name(origin);
    return renews(use, now) || now - use.last_seen_at >= (elsewhere ? minute : hour);
}

void write_use(db::Connection& db, const Use& use, const Origin& origin, Time now)
{
    db::execute(
        db, "update logins set last_seen_at = ?2, address = ?3, client = ?4, expires_at = ?5 where id = ?1",
        use.id, now, origin.address, client_name(origin),
        renews(use, now) ? now + login_lifetime : use.expires_at);
}

api::Caller caller_for(std::string user, std::string name, bool admin, const Origin& origin)
{
    return {.kind = api::Caller::Kind::user,
            .user = std::move(user),
            .name = std::move(name),
            .admin = admin,
            .address = origin.address,
            .client = origin.client};
}

bool looks_like_token(std::string_view token) noexcept
{
    return token.size() == token_prefix.size() + proof_length && token.starts_with(token_prefix);
}

} // namespace

std::optional<api::Caller> caller_of_login(db::Connection& db, std::string_view token, const Origin& origin,
                                           Time now)
{
    if (token.size() != proof_length) return std::nullopt;
    const auto use = find_use(db, token, now);
    if (!use) return std::nullopt;
    if (is_worth_writing(*use, origin, now)) in_passing(db, [&] { write_use(db, *use, origin, now); });
    auto caller = caller_for(use->user, use->name, use->admin, origin);
    caller.login = use->id;
    return caller;
}

std::optional<api::Caller> caller_of_token(db::Connection& db, std::string_view token, const Origin& origin,
                                           Time now)
{
    if (!looks_like_token(token)) return std::nullopt;
    std::string id;
    bool used_lately = false;
    api::Caller caller;
    {
        db::Query row(db,
                      "select api_tokens.id, user_id, users.name, role = 'admin', read_only,"
                      " coalesce(project_id, ''), coalesce(last_used_at, 0)"
                      " from api_tokens join users on users.id = user_id where digest = ?1 and (expires_at "
                      "is null or expires_at > ?2)",
                      digest_of(token), now);
        if (!row.next()) return std::nullopt;
        id = row.text(0);
        caller = caller_for(row.text(1), row.text(2), row.boolean(3), origin);
        caller.read_only = row.boolean(4);
        caller.only_project = row.text(5);
        used_lately = now - row.number(6) < minute;
    }
    if (!used_lately)
        in_passing(
            db, [&] { db::execute(db, "update api_tokens set last_used_at = ?2 where id = ?1", id, now); });
    return caller;
}

std::optional<Time> expiry_of(db::Connection& db, std::string_view proof)
{
    db::Query row(db,
                  "select expires_at from logins where digest = ?1"
                  " union all select expires_at from api_tokens where digest = ?1",
                  digest_of(proof));
    return row.next() ? row.number_if_any(0) : std::nullopt;
}

std::int64_t access_changes(db::Connection& db)
{
    db::Query row(db, "select count from access_changes where id = 1");
    return row.next() ? row.number(0) : 0;
}

} // namespace skerry::auth
