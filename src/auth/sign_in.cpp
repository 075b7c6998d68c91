#include "auth/sign_in.hpp"

#include "auth/password.hpp"
#include "auth/throttle.hpp"
#include "auth/user_store.hpp"
#include "util/error.hpp"
#include "util/log.hpp"

namespace skerry::auth {
namespace {

bool is_right(db::Connection& db, const Try& attempt, const std::string& password, const std::string& hash,
              Time now)
{
    try {
        return password_matches(password, hash);
    } catch (const Error&) {
        take_back_try(db, attempt, now);
        throw;
    }
}

} // namespace

std::optional<Proven> prove(db::Connection& db, const std::string& name, const std::string& password,
                            const Origin& origin, Time now)
{
    const Try attempt{.account = name, .address = origin.address};
    begin_try(db, attempt, now);
    const auto user = find_by_name(db, name);
    auto hash = user ? password_hash(db, user->id).value_or(hash_of_nobody()) : hash_of_nobody();
    if (!is_right(db, attempt, password, hash, now) || !user) {
        // Not the name: it may be a password in the wrong field.
        log::warning("a password was wrong",
                     {{"address", origin.address}, {"user_id", user ? user->id.value : std::string()}});
        return std::nullopt;
    }
    end_try(db, attempt, now);
    if (needs_rehash(hash)) {
        auto better = hash_password(password);
        if (replace_password_hash(db, user->id, hash, better)) hash = std::move(better);
    }
    return Proven{*user, hash};
}

} // namespace skerry::auth
