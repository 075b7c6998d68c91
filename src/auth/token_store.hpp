#pragma once

#include "api/json.hpp"
#include "auth/user.hpp"
#include "db/connection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What scripts prove themselves with: tokens that their user made for them.
namespace skerry::auth {

/// What every token begins with, so that it is known for what it is where it should not be.
constexpr std::string_view token_prefix = "skr_";

struct ApiToken;
using TokenId = Id<ApiToken>;

struct ApiToken {
    TokenId id{};
    UserId user{};
    std::string user_name{};
    std::string name{};
    bool read_only = false;
    std::optional<std::string> project{}; ///< the id of the only one it is for
    Time created_at = 0;
    std::optional<Time> expires_at{};
    std::optional<Time> last_used_at{};
};
/// {id, userId, userName, name, readOnly, projectId, createdAt, expiresAt, lastUsedAt}
api::Json to_json(const ApiToken& token);

/// Keeps it and gives what proves it, which is nowhere kept; nothing when its user has one of that name.
std::optional<std::string> insert(db::Connection& db, const ApiToken& token);
/// By user and name; of all users when `user` is empty. With those that have expired.
std::vector<ApiToken> list_tokens(db::Connection& db, const UserId& user = {});
/// By id or unique beginning of it; among those of `user` unless that is empty. Throws Error not_found, and
/// conflict when several begin so.
ApiToken require_token(db::Connection& db, const std::string& reference, const UserId& user);
void remove(db::Connection& db, const TokenId& id);

} // namespace skerry::auth
