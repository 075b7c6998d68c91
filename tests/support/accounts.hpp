#pragma once

#include "api/action.hpp"
#include "auth/new_user.hpp"
#include "auth/password.hpp"
#include "auth/user_store.hpp"
#include "support/database.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>

namespace skerry::test {

/// A database with users, whose passwords cost little to check, and whoever asks for something.
struct Accounts {
    static constexpr const char* password = "correct horse";

    Database db{};
    App app{.paths = Paths("/nonexistent/data"), .settings = {}};

    auth::User add(const std::string& name, auth::Role role = auth::Role::member)
    {
        static const auto hash = auth::hash_password(password, {.cost = 16});
        return auth::insert_user(db, name, role, hash);
    }
    api::Context terminal() { return {app, db}; }
    api::Context nobody()
    {
        return {app, db, {.kind = api::Caller::Kind::nobody, .address = "192.0.2.7", .client = "a browser"}};
    }
    /// Came with a login of that id; with a token when it is empty.
    api::Context as(const auth::User& user, const std::string& login = "some")
    {
        return {app,
                db,
                {.kind = api::Caller::Kind::user,
                 .user = user.id.value,
                 .admin = user.role == auth::Role::admin,
                 .login = login,
                 .address = "192.0.2.7",
                 .client = "a browser"}};
    }
    void add_project(const std::string& id, const std::optional<std::string>& owner)
    {
        db::execute(
            db,
            "insert into projects(id, slug, name, status, runtime, model, template, path, owner_user_id,"
            " created_at, updated_at)"
            " values (?1, 'slug-' || ?1, 'n', 'running', 'sandbox', 'm', 't', '/p', ?2, 1, 1)",
            id, owner);
    }
    std::int64_t count(const std::string& table)
    {
        db::Query row(db, "select count(*) from " + table);
        row.next();
        return row.number(0);
    }
};

/// The Error that `action` throws; nothing when it throws none.
template <class Action> std::optional<Error> error_of(const Action& action)
{
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}
template <class Action> std::optional<Code> code_of(const Action& action)
{
    const auto error = error_of(action);
    return error ? std::optional(error->code()) : std::nullopt;
}

} // namespace skerry::test
