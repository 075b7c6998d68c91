#include "auth/signing_actions.hpp"

#include "auth/new_user.hpp"
#include "auth/rights.hpp"
#include "auth/setup_token.hpp"
#include "auth/sign_in.hpp"
#include "auth/user_store.hpp"
#include "util/error.hpp"

namespace skerry::auth {
namespace {

Origin origin_of(const api::Caller& caller)
{
    return {.address = caller.address, .client = caller.client};
}

void refuse_second_setup(db::Connection& db)
{
    if (any_users(db))
        throw Error(Code::conflict, "there is a user already",
                    {.hint = "log in, or add another with 'skerry users add'"});
}

Error bad_setup_token()
{
    return {Code::forbidden,
            "the link for setting up is not good any more",
            {.hint = "start 'skerry serve' again for a new one, or add a user with 'skerry users add'"}};
}

/// What was proved a moment ago must still hold when what follows from it is written.
void require_unchanged(db::Connection& db, const Proven& proven)
{
    if (password_hash(db, proven.user.id) != proven.hash)
        throw Error(Code::conflict, "the password was changed in this moment", {.hint = "try again"});
}

} // namespace

api::Json to_json(const SignedIn& answer)
{
    return api::Json::object({{"user", to_json(answer.user)},
                              {"loginId", answer.login.id.value},
                              {"token", answer.login.token},
                              {"expiresAt", answer.login.expires_at}});
}

api::Json to_json(const Ended& ended)
{
    return api::Json::object({{"loginsEnded", ended.logins}});
}

SignedIn create_admin(api::Context& context, const CreateAdmin& input)
{
    auto& db = context.db;
    refuse_second_setup(db);
    if (!is_setup_token(db, input.token)) throw bad_setup_token();
    require_user_name(input.name);
    const auto hash = hash_password(input.password);

    db::Transaction transaction(db);
    refuse_second_setup(db);
    if (!use_setup_token(db, input.token)) throw bad_setup_token();
    const auto user = insert_user(db, input.name, Role::admin, hash);
    const auto login = begin_login(db, user.id, origin_of(context.caller), now());
    transaction.commit();
    return {user, login};
}

SignedIn log_in(api::Context& context, const Credentials& input)
{
    const auto origin = origin_of(context.caller);
    const auto proven = prove(context.db, input.name, input.password, origin, now());
    if (!proven) throw Error(Code::unauthorized, "the name or the password is wrong");

    db::Transaction transaction(context.db);
    require_unchanged(context.db, *proven);
    const auto login = begin_login(context.db, proven->user.id, origin, now());
    transaction.commit();
    return {proven->user, login};
}

Ended log_out(api::Context& context, const Nothing&)
{
    if (context.caller.login.empty())
        throw Error(Code::bad_request, "there is no login to end: this came with none");
    return {.logins = end_login(context.db, LoginId(context.caller.login)) ? 1 : 0};
}

Ended change_password(api::Context& context, const ChangePassword& input)
{
    const auto& caller = context.caller;
    require_person(caller);
    if (caller.kind != api::Caller::Kind::user)
        throw Error(Code::bad_request, "the terminal has no password", {.hint = "skerry users passwd USER"});
    const auto user = require(context.db, caller.user);
    const auto proven = prove(context.db, user.name, input.old_password, origin_of(caller), now());
    if (!proven)
        throw Error(Code::bad_request, "the old password is wrong",
                    {.fields = {{"oldPassword", "is wrong"}}});
    const auto hash = hash_password(input.new_password);

    db::Transaction transaction(context.db);
    require_unchanged(context.db, *proven);
    set_password_hash(context.db, user.id, hash);
    const int ended = end_logins(context.db, user.id, LoginId(caller.login));
    transaction.commit();
    return {.logins = ended};
}

} // namespace skerry::auth
