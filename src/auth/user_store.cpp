#include "auth/user_store.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::auth {
namespace {

// The columns that user_of reads, in its order.
#define SKERRY_USER_COLUMNS "select id, name, role, created_at, updated_at from users "

User user_of(const db::Query& row)
{
    return {.id = row.id<User>(0),
            .name = row.text(1),
            .role = role_named(row.text(2)),
            .created_at = row.number(3),
            .updated_at = row.number(4)};
}

} // namespace

std::optional<User> find(db::Connection& db, const UserId& id)
{
    db::Query row(db, SKERRY_USER_COLUMNS "where id = ?1", id);
    return row.next() ? std::optional(user_of(row)) : std::nullopt;
}

std::optional<User> find_by_name(db::Connection& db, std::string_view name)
{
    db::Query row(db, SKERRY_USER_COLUMNS "where name = ?1", name);
    return row.next() ? std::optional(user_of(row)) : std::nullopt;
}

User require(db::Connection& db, std::string_view reference)
{
    if (auto user = find_by_name(db, reference)) return *std::move(user);
    if (auto user = find(db, UserId(std::string(reference)))) return *std::move(user);
    throw Error(Code::not_found, "there is no user '" + one_line(reference, 100) + "'",
                {.hint = "skerry users list"});
}

std::vector<User> list(db::Connection& db)
{
    std::vector<User> found;
    for (db::Query row(db, SKERRY_USER_COLUMNS "order by name"); row.next();) found.push_back(user_of(row));
    return found;
}

bool any_users(db::Connection& db)
{
    return db::Query(db, "select 1 from users limit 1").next();
}

bool is_last_admin(db::Connection& db, const User& user)
{
    return user.role == Role::admin &&
           !db::Query(db, "select 1 from users where role = 'admin' and id <> ?1 limit 1", user.id).next();
}

bool insert(db::Connection& db, const User& user, const std::string& password_hash)
{
    const bool inserted =
        db::execute(db,
                    "insert into users(id, name, role, password_hash, created_at, updated_at)"
                    " values (?1, ?2, ?3, ?4, ?5, ?5) on conflict (name) do nothing",
                    user.id, user.name, name_of(user.role), password_hash, user.created_at) == 1;
    if (inserted) db::execute(db, "delete from setup_tokens");
    return inserted;
}

void set_role(db::Connection& db, const UserId& id, Role role)
{
    db::execute(db, "update users set role = ?2, updated_at = ?3 where id = ?1", id, name_of(role), now());
}

std::optional<std::string> password_hash(db::Connection& db, const UserId& id)
{
    db::Query row(db, "select password_hash from users where id = ?1", id);
    return row.next() ? std::optional(row.text(0)) : std::nullopt;
}

void set_password_hash(db::Connection& db, const UserId& id, const std::string& hash)
{
    db::execute(db, "update users set password_hash = ?2, updated_at = ?3 where id = ?1", id, hash, now());
}

bool replace_password_hash(db::Connection& db, const UserId& id, const std::string& before,
                           const std::string& after)
{
    return db::execute(db,
                       "update users set password_hash = ?3, updated_at = ?4"
                       " where id = ?1 and password_hash = ?2",
                       id, before, after, now()) == 1;
}

void remove(db::Connection& db, const UserId& id)
{
    db::execute(db, "delete from users where id = ?1", id);
}

std::vector<std::string> slugs_owned_by(db::Connection& db, const UserId& id)
{
    std::vector<std::string> slugs;
    db::Query row(
        db, "select slug from projects where owner_user_id = ?1 and deleted_at is null order by slug", id);
    while (row.next()) slugs.push_back(row.text(0));
    return slugs;
}

} // namespace skerry::auth
