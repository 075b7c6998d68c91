#pragma once

#include "api/caller.hpp"
#include "auth/user.hpp"

/// Who may do what about users, logins and tokens; beside what the rows in program/ say.
namespace skerry::auth {

/// Throws Error forbidden unless it is the terminal or an admin.
void require_admin(const api::Caller& caller);

/// What would let a token outlive itself needs a person: throws Error forbidden for a caller with a token,
/// unauthorized without anything.
void require_person(const api::Caller& caller);

/// Whose logins and tokens the caller may see and end: empty for those of all. Throws Error: unauthorized for
/// nobody, forbidden for a token that is for one project.
UserId reach_of(const api::Caller& caller);

} // namespace skerry::auth
