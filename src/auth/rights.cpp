#include "auth/rights.hpp"

#include "util/error.hpp"

namespace skerry::auth {
namespace {

using Kind = api::Caller::Kind;

void refuse_nobody(const api::Caller& caller)
{
    if (caller.kind == Kind::nobody) throw Error(Code::unauthorized, "you are not logged in");
}

} // namespace

void require_admin(const api::Caller& caller)
{
    refuse_nobody(caller);
    if (!api::sees_all(caller)) throw Error(Code::forbidden, "only an admin may do that");
}

void require_person(const api::Caller& caller)
{
    refuse_nobody(caller);
    if (caller.kind == Kind::user && caller.login.empty())
        throw Error(Code::forbidden, "a token may not do that", {.hint = "log in with name and password"});
}

UserId reach_of(const api::Caller& caller)
{
    refuse_nobody(caller);
    if (!caller.only_project.empty()) throw Error(Code::forbidden, "this token is for one project alone");
    return api::sees_all(caller) ? UserId() : UserId(caller.user);
}

} // namespace skerry::auth
