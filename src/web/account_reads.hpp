#pragma once

#include "http/server.hpp"
#include "web/visit.hpp"

/// Reading users, logins and tokens: one's own, and everybody's for administrators.
namespace skerry::web {

http::Response list_users(Visit& visit);
http::Response list_logins(Visit& visit);
http::Response list_tokens(Visit& visit);

} // namespace skerry::web
