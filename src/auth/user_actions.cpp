#include "auth/user_actions.hpp"

#include "auth/login_store.hpp"
#include "auth/new_user.hpp"
#include "auth/rights.hpp"
#include "auth/throttle.hpp"
#include "auth/user_store.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::auth {
namespace {

Role role_for(db::Connection& db, const AddUser& input)
{
    const bool first = !any_users(db);
    if (!input.role) return first ? Role::admin : Role::member;
    const auto role = role_named(*input.role);
    if (first && role != Role::admin)
        throw Error(Code::conflict, "the first user must be an admin",
                    {.hint = "add it without a role, or as admin", .fields = {{"role", "must be admin"}}});
    return role;
}

void refuse_last_admin(db::Connection& db, const User& user)
{
    if (is_last_admin(db, user))
        throw Error(Code::conflict, user.name + " is the last admin",
                    {.hint = "make another user one first: skerry users role USER admin"});
}

void refuse_owner(db::Connection& db, const User& user)
{
    auto slugs = slugs_owned_by(db, user.id);
    if (slugs.empty()) return;
    constexpr std::size_t few = 5;
    const auto count = std::to_string(slugs.size()) + (slugs.size() == 1 ? " project" : " projects");
    const auto hint = "skerry projects delete " + slugs.front();
    if (slugs.size() > few) {
        slugs.resize(few);
        slugs.emplace_back("...");
    }
    throw Error(Code::conflict, user.name + " owns " + count + ": " + join(slugs, ", "), {.hint = hint});
}

} // namespace

api::Json to_json(const Given& given)
{
    auto json = to_json(given.user);
    if (given.password) json.set("password", *given.password);
    if (given.logins_ended) json.set("loginsEnded", *given.logins_ended);
    return json;
}

Given add_user(api::Context& context, const AddUser& input)
{
    require_admin(context.caller);
    require_person(context.caller);
    require_free_name(context.db, input.name);
    const auto made = input.password ? std::nullopt : std::optional(random_password());
    const auto hash = hash_password(made ? *made : *input.password);

    db::Transaction transaction(context.db);
    const auto user = insert_user(context.db, input.name, role_for(context.db, input), hash);
    transaction.commit();
    return {.user = user, .password = made};
}

User delete_user(api::Context& context, const NamedUser& input)
{
    require_admin(context.caller);
    db::Transaction transaction(context.db);
    auto user = require(context.db, input.user);
    refuse_last_admin(context.db, user);
    refuse_owner(context.db, user);
    remove(context.db, user.id);
    forget_tries(context.db, user.name);
    transaction.commit();
    return user;
}

User change_role(api::Context& context, const SetRole& input)
{
    require_admin(context.caller);
    require_person(context.caller);
    const auto role = role_named(input.role);
    db::Transaction transaction(context.db);
    const auto user = require(context.db, input.user);
    if (role != Role::admin) refuse_last_admin(context.db, user);
    if (role != user.role) set_role(context.db, user.id, role);
    transaction.commit();
    return require(context.db, user.id.value);
}

Given set_password(api::Context& context, const SetPassword& input)
{
    require_admin(context.caller);
    require_person(context.caller);
    require(context.db, input.user);
    const auto made = input.password ? std::nullopt : std::optional(random_password());
    const auto hash = hash_password(made ? *made : *input.password);

    db::Transaction transaction(context.db);
    const auto user = require(context.db, input.user);
    set_password_hash(context.db, user.id, hash);
    const int ended = end_logins(context.db, user.id, LoginId(context.caller.login));
    forget_tries(context.db, user.name);
    transaction.commit();
    return {.user = *find(context.db, user.id), .password = made, .logins_ended = ended};
}

} // namespace skerry::auth
