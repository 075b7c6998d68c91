#include "auth/token_store.hpp"

#include "auth/proof.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::auth {
namespace {

// The columns that token_of reads, in its order.
#define SKERRY_TOKEN_COLUMNS                                                                                 \
    "select api_tokens.id, user_id, users.name, api_tokens.name, read_only, project_id,"                     \
    " api_tokens.created_at, expires_at, last_used_at from api_tokens join users on users.id = user_id "

ApiToken token_of(const db::Query& row)
{
    return {.id = row.id<ApiToken>(0),
            .user = row.id<User>(1),
            .user_name = row.text(2),
            .name = row.text(3),
            .read_only = row.boolean(4),
            .project = row.text_if_any(5),
            .created_at = row.number(6),
            .expires_at = row.number_if_any(7),
            .last_used_at = row.number_if_any(8)};
}

} // namespace

api::Json to_json(const ApiToken& token)
{
    return api::Json::object({{"id", token.id.value},
                              {"userId", token.user.value},
                              {"userName", token.user_name},
                              {"name", token.name},
                              {"readOnly", token.read_only},
                              {"projectId", token.project},
                              {"createdAt", token.created_at},
                              {"expiresAt", token.expires_at},
                              {"lastUsedAt", token.last_used_at}});
}

std::optional<std::string> insert(db::Connection& db, const ApiToken& token)
{
    auto proof = std::string(token_prefix) + random_proof();
    const int inserted = db::execute(
        db,
        "insert into api_tokens(id, user_id, name, digest, read_only, project_id, created_at, expires_at)"
        " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (user_id, name) do nothing",
        token.id, token.user, token.name, digest_of(proof), token.read_only, token.project, token.created_at,
        token.expires_at);
    return inserted == 1 ? std::optional(std::move(proof)) : std::nullopt;
}

std::vector<ApiToken> list_tokens(db::Connection& db, const UserId& user)
{
    std::vector<ApiToken> found;
    db::Query row(
        db, SKERRY_TOKEN_COLUMNS "where ?1 = '' or user_id = ?1 order by users.name, api_tokens.name", user);
    while (row.next()) found.push_back(token_of(row));
    return found;
}

ApiToken require_token(db::Connection& db, const std::string& reference, const UserId& user)
{
    db::Query row(db,
                  SKERRY_TOKEN_COLUMNS "where substr(api_tokens.id, 1, length(?1)) = ?1 and ?1 <> ''"
                                       " and (?2 = '' or user_id = ?2) limit 2",
                  reference, user);
    if (!row.next())
        throw Error(Code::not_found, "there is no token with the id '" + one_line(reference, 16) + "'",
                    {.hint = "skerry tokens list"});
    auto token = token_of(row);
    if (row.next())
        throw Error(Code::conflict, "'" + reference + "' is the beginning of more than one token's id",
                    {.hint = "type more of it"});
    return token;
}

void remove(db::Connection& db, const TokenId& id)
{
    db::execute(db, "delete from api_tokens where id = ?1", id);
}

} // namespace skerry::auth
