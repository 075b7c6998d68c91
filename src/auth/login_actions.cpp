#include "auth/login_actions.hpp"

#include "auth/rights.hpp"
#include "auth/user_store.hpp"
#include "util/error.hpp"

namespace skerry::auth {
namespace {

/// Whose logins all go. Another's are not for everybody to end, nor their name to be found out.
UserId user_named(api::Context& context, const std::string& name)
{
    const auto reach = reach_of(context.caller);
    if (reach.empty()) return require(context.db, name).id;
    const auto own = require(context.db, reach.value);
    if (name != own.id.value && find_by_name(context.db, name).value_or(User{}).id != own.id)
        throw Error(Code::forbidden, "only an admin may end the logins of somebody else");
    return own.id;
}

} // namespace

api::Json to_json(const Revoked& revoked)
{
    auto logins = api::Json::array();
    for (const auto& login : revoked.logins) logins.push(to_json(login));
    return api::Json::object({{"logins", logins}});
}

Revoked revoke_logins(api::Context& context, const RevokeLogins& input)
{
    if (input.logins.empty() == !input.user)
        throw Error(
            Code::bad_request, "either logins are named or a user",
            {.hint = "skerry logins list",
             .fields = {{"logins", "must be given, or else a user"}, {"user", "must be given, or logins"}}});
    db::Transaction transaction(context.db);
    Revoked revoked;
    if (input.user) revoked.logins = list_logins(context.db, user_named(context, *input.user), now());
    for (const auto& reference : input.logins)
        revoked.logins.push_back(require_login(context.db, reference, reach_of(context.caller), now()));
    for (const auto& login : revoked.logins) end_login(context.db, login.id);
    transaction.commit();
    return revoked;
}

} // namespace skerry::auth
