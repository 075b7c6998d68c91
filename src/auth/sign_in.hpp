#pragma once

#include "auth/login_store.hpp"
#include "auth/user.hpp"
#include "db/connection.hpp"

#include <optional>
#include <string>

namespace skerry::auth {

struct Proven {
    User user;
    std::string hash; ///< of the password, as it was kept when it was right
};

/// The user of that name, or nothing when name or password is wrong. An unknown name takes as long as a wrong
/// password. Hashes of less than the usual cost are made anew. Not within a transaction: hashing takes its
/// time. What then is written in one must look whether the hash is still the same.
///
/// Throws Error: rate_limited after too many tries for this account or from this address; unavailable when
/// too many passwords are being checked.
std::optional<Proven> prove(db::Connection& db, const std::string& name, const std::string& password,
                            const Origin& origin, Time now);

} // namespace skerry::auth
