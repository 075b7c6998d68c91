#pragma once

#include "api/caller.hpp"
#include "db/connection.hpp"
#include "http/server.hpp"
#include "web/site.hpp"

#include <string>

/// How clients say who they are: a cookie that holds a login, or a token behind "Authorization: Bearer", or
/// as the password of "Basic".
namespace skerry::web {

/// What a request brings to prove who sends it.
struct Proof {
    std::string text{}; ///< empty: nothing
    bool is_cookie = false;
};
/// A token goes before a cookie.
Proof proof_in(const http::Request& request);

/// Throws Error unauthorized for a token that is none (any more); a login that has ended is nobody.
api::Caller caller_of(const Site& site, const http::Request& request, const Proof& proof, db::Connection& db);

/// Whether the proof still stands for the same caller: for streams that go on for long.
bool is_still(db::Connection& db, const Proof& proof, const api::Caller& caller);

/// "Set-Cookie" for a login, and for its end.
std::string login_cookie(const Site& site, const std::string& token, std::int64_t seconds);
std::string end_of_login_cookie(const Site& site);

} // namespace skerry::web
