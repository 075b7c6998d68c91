#include "auth/login_store.hpp"

#include "auth/proof.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::auth {
namespace {

// The columns that login_of reads, in its order.
#define SKERRY_LOGIN_COLUMNS                                                                                 \
    "select logins.id, user_id, users.name, logins.created_at, expires_at, last_seen_at, address, client"    \
    " from logins join users on users.id = user_id "

Login login_of(const db::Query& row)
{
    return {.id = row.id<Login>(0),
            .user = row.id<User>(1),
            .user_name = row.text(2),
            .created_at = row.number(3),
            .expires_at = row.number(4),
            .last_seen_at = row.number(5),
            .address = row.text(6),
            .client = row.text(7)};
}

} // namespace

std::string client_name(const Origin& origin)
{
    constexpr std::size_t longest = 200;
    return one_line(well_formed(origin.client), longest);
}

api::Json to_json(const Login& login)
{
    return api::Json::object({{"id", login.id.value},
                              {"userId", login.user.value},
                              {"userName", login.user_name},
                              {"createdAt", login.created_at},
                              {"expiresAt", login.expires_at},
                              {"lastSeenAt", login.last_seen_at},
                              {"address", login.address},
                              {"client", login.client}});
}

NewLogin begin_login(db::Connection& db, const UserId& user, const Origin& origin, Time now)
{
    NewLogin login{.id = LoginId(random_id()), .token = random_proof(), .expires_at = now + login_lifetime};
    db::execute(
        db,
        "insert into logins(id, user_id, digest, created_at, expires_at, last_seen_at, address, client)"
        " values (?1, ?2, ?3, ?4, ?5, ?4, ?6, ?7)",
        login.id, user, digest_of(login.token), now, login.expires_at, origin.address, client_name(origin));
    return login;
}

std::vector<Login> list_logins(db::Connection& db, const UserId& user, Time now)
{
    std::vector<Login> found;
    db::Query row(db,
                  SKERRY_LOGIN_COLUMNS "where (?1 = '' or user_id = ?1) and expires_at > ?2"
                                       " order by last_seen_at desc, logins.id",
                  user, now);
    while (row.next()) found.push_back(login_of(row));
    return found;
}

Login require_login(db::Connection& db, const std::string& reference, const UserId& user, Time now)
{
    db::Query row(db,
                  SKERRY_LOGIN_COLUMNS "where substr(logins.id, 1, length(?1)) = ?1 and ?1 <> ''"
                                       " and (?2 = '' or user_id = ?2) and expires_at > ?3 limit 2",
                  reference, user, now);
    if (!row.next())
        throw Error(Code::not_found, "there is no login '" + one_line(reference, 60) + "'",
                    {.hint = "skerry logins list"});
    auto login = login_of(row);
    if (row.next())
        throw Error(Code::conflict, "'" + reference + "' is the beginning of more than one login's id",
                    {.hint = "type more of it"});
    return login;
}

bool end_login(db::Connection& db, const LoginId& id)
{
    return db::execute(db, "delete from logins where id = ?1", id) == 1;
}

int end_logins(db::Connection& db, const UserId& user, const LoginId& spared)
{
    return db::execute(db, "delete from logins where user_id = ?1 and id <> ?2", user, spared);
}

} // namespace skerry::auth
