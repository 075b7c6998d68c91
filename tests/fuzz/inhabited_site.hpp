#pragma once

#include "auth/new_user.hpp"
#include "auth/token_store.hpp"
#include "support/site.hpp"

#include <string>

namespace skerry::fuzz {

/// A site with a user, her project "p1" with the session "s1", and a token that may only read. Its project
/// does not run, and what is called its OpenCode does nothing: no input starts or reaches anything.
struct InhabitedSite : test::WholeSite {
    InhabitedSite()
    {
        opened->app.settings.opencode = "/bin/true";
        auto& db = opened->db;
        const auto user = auth::insert_user(db, "ada", auth::Role::admin, "no password fits this");
        db::execute(
            db,
            "insert into projects(id, slug, name, status, runtime, model, template, path, owner_user_id,"
            " created_at, updated_at)"
            " values ('p1', 'shop', 'Shop', 'stopped', 'host', 'm', 'static', '/nonexistent', ?1, 1, 1)",
            user.id);
        db::execute(db, "insert into sessions(id, project_id, title, model, created_at, updated_at)"
                        " values ('s1', 'p1', 'first', 'm', 1, 1)");
        caller = {.kind = api::Caller::Kind::user,
                  .user = user.id.value,
                  .name = "ada",
                  .admin = true,
                  .login = "l1",
                  .address = "192.0.2.7"};
        token = auth::insert(db, {.id = auth::TokenId("t1"),
                                  .user = user.id,
                                  .name = "reader",
                                  .read_only = true,
                                  .created_at = now()})
                    .value();
    }

    api::Caller caller{}; ///< the user with a login
    std::string token{};  ///< proves her to whom it is shown
};

} // namespace skerry::fuzz
