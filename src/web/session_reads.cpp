#include "web/session_reads.hpp"

#include "projects/project_access.hpp"
#include "projects/project_store.hpp"
#include "sessions/conversation.hpp"
#include "sessions/history_actions.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_access.hpp"
#include "sessions/session_store.hpp"
#include "web/answer.hpp"
#include "web/paging.hpp"
#include "web/project_reads.hpp"

#include <algorithm>

namespace skerry::web {
namespace {

template <class Row> api::Json items_of(const std::vector<Row>& rows)
{
    auto items = api::Json::array();
    for (const auto& row : rows) items.push(to_json(row));
    return items;
}

sessions::Session session_asked_for(Visit& visit)
{
    return sessions::require(visit.context, visit.parts.front());
}

} // namespace

http::Response list_sessions(Visit& visit)
{
    const auto options = read_query<SessionsWanted>(visit.request);
    sessions::Slice slice{.owner = owner_to_see(visit.caller()),
                          .project = visit.caller().only_project,
                          .limit = options.limit};
    if (options.project) slice.project = projects::require(visit.context, *options.project).id.value;
    if (options.cursor) {
        auto place = place_in(*options.cursor);
        slice.created_at = place.time;
        slice.id = std::move(place.id);
    }
    const auto found = sessions::list_part(visit.db(), slice);
    std::optional<std::string> next;
    if (std::cmp_equal(found.size(), options.limit))
        next = cursor_of({found.back().created_at, found.back().id.value});
    return list(items_of(found), next);
}

http::Response show_session(Visit& visit)
{
    return data_with_tag(visit.request, to_json(session_asked_for(visit)));
}

http::Response list_turns(Visit& visit)
{
    const auto page = read_query<Page>(visit.request);
    const auto behind = page.cursor ? number_in_cursor(*page.cursor) : 0;
    const auto turns = sessions::turns_of(visit.db(), session_asked_for(visit).id, behind, page.limit);
    std::optional<std::string> next;
    if (std::cmp_equal(turns.size(), page.limit)) next = std::to_string(turns.back().position);
    return list(items_of(turns), next);
}

http::Response list_messages(Visit& visit)
{
    const auto page = read_query<Page>(visit.request);
    const auto said = sessions::conversation_of(visit.db(), session_asked_for(visit).id);
    const auto count = static_cast<std::int64_t>(said.size());
    const auto begin = std::clamp<std::int64_t>(page.cursor ? number_in_cursor(*page.cursor) : 0, 0, count);
    const auto end = begin + std::min(page.limit, count - begin);
    auto items = api::Json::array();
    for (auto index = begin; index < end; ++index) items.push(to_json(said[static_cast<std::size_t>(index)]));
    return list(items, end < count ? std::optional(std::to_string(end)) : std::nullopt);
}

http::Response list_pending(Visit& visit)
{
    const auto session = session_asked_for(visit);
    return list(items_of(sessions::open_requests(visit.db(), session.id)), std::nullopt);
}

http::Response show_turn(Visit& visit)
{
    return data_with_tag(visit.request, to_json(sessions::require_turn(visit.context, visit.parts.front())));
}

http::Response show_difference(Visit& visit)
{
    const auto turn = sessions::require_turn(visit.context, visit.parts.front());
    visit.db().end_snapshot(); // git may take its time
    const sessions::NamedTurn named{.session = turn.session.value, .turn = turn.id.value};
    const auto difference = sessions::difference(visit.context, named);
    auto json = api::Json::object({{"turnId", turn.id.value}, {"files", items_of(difference.files)}});
    json.set("patch", sessions::patch_of(visit.context, named));
    return data_with_tag(visit.request, json);
}

} // namespace skerry::web
