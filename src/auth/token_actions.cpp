#include "auth/token_actions.hpp"

#include "auth/rights.hpp"
#include "auth/user_store.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::auth {
namespace {

Error wrong_field(const std::string& field, const std::string& message, const std::string& hint)
{
    return {Code::bad_request, message, {.hint = hint, .fields = {{field, message}}}};
}

/// At the terminal, where nobody is logged in.
User only_user(db::Connection& db)
{
    auto users = list(db);
    if (users.empty())
        throw Error(Code::conflict, "there is no user yet that a token could be for",
                    {.hint = "skerry users add NAME"});
    if (users.size() > 1) throw wrong_field("user", "it must be said whose token it is", "--user USER");
    return users.front();
}

User user_for(api::Context& context, const std::optional<std::string>& named)
{
    const auto& caller = context.caller;
    if (caller.kind == api::Caller::Kind::terminal)
        return named ? require(context.db, *named) : only_user(context.db);
    if (named && api::sees_all(caller)) return require(context.db, *named);
    auto own = require(context.db, caller.user);
    if (named && *named != own.id.value && find_by_name(context.db, *named).value_or(User{}).id != own.id)
        throw Error(Code::forbidden, "only an admin may make a token for somebody else");
    return own;
}

std::optional<Time> expiry_of(const std::optional<std::string>& expires)
{
    if (!expires) return std::nullopt;
    constexpr auto wrong = "must be a time like 12h or 30d";
    try {
        if (const auto lifetime = parse_duration(*expires); lifetime > 0) return now() + lifetime;
    } catch (const Error& fault) {
        throw Error(Code::bad_request, fault.what(), {.hint = "12h, 30d", .fields = {{"expires", wrong}}});
    }
    throw wrong_field("expires", "a token that expires at once is of no use", "--expires 30d");
}

/// The id of one that the user sees, by slug or unique beginning of its id.
std::string project_for(db::Connection& db, const User& user, const std::string& reference)
{
    db::Query row(db,
                  "select id, slug from projects where deleted_at is null"
                  " and (slug = ?1 or substr(id, 1, length(?1)) = ?1) and (?2 or owner_user_id = ?3)"
                  " order by slug = ?1 desc limit 2",
                  reference, user.role == Role::admin, user.id);
    if (!row.next())
        throw Error(Code::not_found, user.name + " has no project '" + one_line(reference, 100) + "'",
                    {.hint = "skerry projects list", .fields = {{"project", "is not there"}}});
    auto id = row.text(0);
    if (row.text(1) != reference && row.next())
        throw Error(Code::conflict, "'" + reference + "' is the beginning of more than one project's id",
                    {.hint = "type more of it"});
    return id;
}

} // namespace

api::Json to_json(const CreatedToken& created)
{
    return to_json(created.token).set("token", created.proof);
}

CreatedToken create_token(api::Context& context, const CreateToken& input)
{
    require_person(context.caller);
    auto& db = context.db;
    ApiToken token{.id = TokenId(random_id()),
                   .name = std::string(trim(input.name)),
                   .read_only = input.read_only,
                   .created_at = now(),
                   .expires_at = expiry_of(input.expires)};
    if (token.name.empty() || token.name != one_line(token.name, token.name.size()))
        throw wrong_field("name", "a token's name is one line of text", "--name ci");

    db::Transaction transaction(db);
    const auto user = user_for(context, input.user);
    token.user = user.id;
    token.user_name = user.name;
    if (input.project) token.project = project_for(db, user, *input.project);
    const auto proof = insert(db, token);
    if (!proof)
        throw Error(Code::conflict, user.name + " has a token '" + token.name + "' already",
                    {.hint = "skerry tokens list", .fields = {{"name", "is taken"}}});
    transaction.commit();
    return {token, *proof};
}

ApiToken delete_token(api::Context& context, const NamedToken& input)
{
    db::Transaction transaction(context.db);
    auto token = require_token(context.db, input.token, reach_of(context.caller));
    remove(context.db, token.id);
    transaction.commit();
    return token;
}

} // namespace skerry::auth
