#include "api/caller.hpp"

namespace skerry::api {

bool sees_all(const Caller& caller) noexcept
{
    if (caller.kind == Caller::Kind::terminal) return true;
    return caller.kind == Caller::Kind::user && caller.admin && caller.only_project.empty();
}

bool sees(const Caller& caller, const std::string& project, const std::optional<std::string>& owner) noexcept
{
    if (sees_all(caller)) return true;
    if (caller.kind == Caller::Kind::nobody) return false;
    if (!caller.only_project.empty() && caller.only_project != project) return false;
    return caller.admin || (owner && *owner == caller.user);
}

} // namespace skerry::api
