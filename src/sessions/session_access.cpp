#include "sessions/session_access.hpp"

#include "projects/project_access.hpp"
#include "projects/project_store.hpp"
#include "sessions/session_store.hpp"

namespace skerry::sessions {
namespace {

void require_seen(const api::Context& context, const projects::ProjectId& project)
{
    projects::require_seen(context.caller, *projects::find(context.db, project));
}

} // namespace

Session require(const api::Context& context, std::string_view reference)
{
    auto session = require(context.db, reference);
    require_seen(context, session.project);
    return session;
}

Turn require_turn(const api::Context& context, std::string_view reference)
{
    auto turn = require_turn(context.db, reference);
    require_seen(context, turn.project);
    return turn;
}

} // namespace skerry::sessions
