#include "auth/callers.hpp"
#include "auth/setup_token.hpp"
#include "auth/signing_actions.hpp"
#include "auth/token_store.hpp"
#include "program/actions.hpp"
#include "support/accounts.hpp"
#include "util/files.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <thread>
#include <vector>

namespace skerry::signing_actions_test {

using namespace auth;
using test::code_of;

const std::string password = test::Accounts::password;

TEST_CASE("who has the set-up token makes the first user and is logged in; nobody else does")
{
    test::Accounts world;
    const auto token = make_setup_token(world.db);
    auto visitor = world.nobody();
    CHECK(code_of([&] { create_admin(visitor, {"guess", "eve", password}); }) == Code::forbidden);
    CHECK(code_of([&] { create_admin(visitor, {token, "no name", password}); }) == Code::bad_request);
    const auto answer = create_admin(visitor, {token, "ada", password});
    CHECK(answer.user.role == Role::admin);
    CHECK(caller_of_login(world.db, answer.login.token, {})->user == answer.user.id.value);
    CHECK(code_of([&] { create_admin(visitor, {token, "eve", password}); }) == Code::conflict);
    CHECK(list(world.db).size() == 1);
}

TEST_CASE("of two who use the same set-up token at once one makes the first user")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "skerry.db";
    db::Connection first(file);
    db::migrate(first, {});
    const auto token = make_setup_token(first);
    App app{.paths = Paths(folder.path()), .settings = {}};
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (const char* name : {"ada", "eve"})
        threads.emplace_back([&, name] {
            db::Connection own(file);
            api::Context visitor{app, own, {.kind = api::Caller::Kind::nobody}};
            if (code_of([&] { create_admin(visitor, {token, name, password}); })) ++refused;
        });
    for (auto& thread : threads) thread.join();
    CHECK(refused == 1);
    CHECK(list(first).size() == 1);
}

TEST_CASE("a login lasts from its beginning to its end")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    auto visitor = world.nobody();
    const auto answer = log_in(visitor, {"ada", password});
    const auto json = to_json(answer);
    CHECK(json["user"]["name"].view() == "ada");
    CHECK(json["token"].view() == answer.login.token);
    CHECK(json["expiresAt"].number() == answer.login.expires_at);
    CHECK(json.dump().find("scrypt") == std::string::npos);
    const auto caller = caller_of_login(world.db, answer.login.token, {"192.0.2.7", "a browser"});
    REQUIRE(caller);
    CHECK(caller->login == json["loginId"].view());
    auto context = world.as(ada, caller->login);
    CHECK(log_out(context, {}).logins == 1);
    CHECK(log_out(context, {}).logins == 0);
    CHECK_FALSE(caller_of_login(world.db, answer.login.token, {}));
    auto script = world.as(ada, "");
    CHECK(code_of([&] { log_out(script, {}); }) == Code::bad_request);
    CHECK(code_of([&] { log_in(visitor, {"ada", "wrong password"}); }) == Code::unauthorized);
    CHECK(code_of([&] { log_in(visitor, {"nobody", password}); }) == Code::unauthorized);
    CHECK(world.count("logins") == 0);
}

TEST_CASE("a changed password ends the other logins and keeps this one")
{
    test::Accounts world;
    const auto ada = world.add("ada");
    auto visitor = world.nobody();
    const auto mine = log_in(visitor, {"ada", password}).login;
    log_in(visitor, {"ada", password});
    auto context = world.as(ada, mine.id.value);
    const auto wrong = test::error_of([&] { change_password(context, {"wrong password", "another horse"}); });
    REQUIRE(wrong);
    CHECK(wrong->code() == Code::bad_request);
    CHECK(wrong->fields().front().field == "oldPassword");
    CHECK(world.count("logins") == 2);
    CHECK(change_password(context, {password, "another horse"}).logins == 1);
    CHECK(caller_of_login(world.db, mine.token, {}));
    CHECK(code_of([&] { log_in(visitor, {"ada", password}); }) == Code::unauthorized);
    CHECK_FALSE(code_of([&] { log_in(visitor, {"ada", "another horse"}); }));
    auto script = world.as(ada, "");
    CHECK(code_of([&] { change_password(script, {"another horse", password}); }) == Code::forbidden);
    auto terminal = world.terminal();
    CHECK(code_of([&] { change_password(terminal, {"another horse", password}); }) == Code::bad_request);
}

TEST_CASE("what is asked for by JSON names every field that is wrong")
{
    test::Accounts world;
    auto visitor = world.nobody();
    const auto wrong = [&](std::string_view action, std::string_view json) {
        const auto error =
            test::error_of([&] { program::require_action(action).perform(visitor, api::Json::parse(json)); });
        REQUIRE(error);
        std::string fields;
        for (const auto& field : error->fields()) fields += field.field + " ";
        return fields;
    };
    CHECK(wrong("auth.login", R"({"name":7,"remember":true})") == "remember name password ");
    CHECK(wrong("auth.change_password", R"({"oldPassword":"","newPassword":"short"})") ==
          "oldPassword newPassword ");
    CHECK(wrong("setup.create_admin", R"({"name":"ada","password":"short"})") == "token password ");
    CHECK(wrong("auth.logout", R"({"all":true})") == "all ");
}

} // namespace skerry::signing_actions_test
