#include "auth/setup_token.hpp"

#include "auth/proof.hpp"

namespace skerry::auth {

std::string make_setup_token(db::Connection& db, Time now)
{
    auto token = random_proof();
    db::Transaction transaction(db);
    db::execute(db, "delete from setup_tokens");
    db::execute(db, "insert into setup_tokens(digest, created_at, expires_at) values (?1, ?2, ?3)",
                digest_of(token), now, now + setup_lifetime);
    transaction.commit();
    return token;
}

bool is_setup_token(db::Connection& db, const std::string& token, Time now)
{
    return db::Query(db, "select 1 from setup_tokens where digest = ?1 and expires_at > ?2", digest_of(token),
                     now)
        .next();
}

bool use_setup_token(db::Connection& db, const std::string& token, Time now)
{
    return db::execute(db, "delete from setup_tokens where digest = ?1 and expires_at > ?2", digest_of(token),
                       now) == 1;
}

} // namespace skerry::auth
