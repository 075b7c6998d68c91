#include "web/streams.hpp"

#include "projects/job_actions.hpp"
#include "projects/project_access.hpp"
#include "queue/job_store.hpp"
#include "runtime/project_log.hpp"
#include "runtime/runtime.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_access.hpp"
#include "sessions/session_store.hpp"
#include "util/error.hpp"
#include "util/text.hpp"
#include "web/answer.hpp"
#include "web/event_feed.hpp"
#include "web/job_reads.hpp"
#include "web/log_feed.hpp"
#include "web/paging.hpp"
#include "web/project_reads.hpp"

namespace skerry::web {
namespace {

/// Where a client that comes back has been: browsers say it by themselves.
std::optional<std::int64_t> last_id(const http::Request& request)
{
    const auto text = request.header("Last-Event-ID");
    if (text.empty()) return std::nullopt;
    if (const auto number = number_in(text); number && *number >= 0) return number;
    throw Error(Code::bad_request, "the Last-Event-ID is no number");
}

template <class Options> events::Filter filter_of(Visit& visit, const Options& options)
{
    events::Filter filter{.types = options.types};
    if (options.session) filter.session = sessions::require(visit.context, *options.session).id.value;
    if (options.project) filter.project = projects::require(visit.context, *options.project).id.value;
    return filter;
}

/// The project that is followed, when it is one alone.
std::string project_followed(Visit& visit, const events::Filter& filter)
{
    if (!filter.project.empty() || filter.session.empty()) return filter.project;
    return sessions::find(visit.db(), sessions::SessionId(filter.session))->project.value;
}

template <class Row> api::Json rows_of(const std::vector<Row>& rows)
{
    auto items = api::Json::array();
    for (const auto& row : rows) items.push(to_json(row));
    return items;
}

/// How things stand, at event `seq` or a little later: {seq, projects, turns, pending}, the last two of the
/// project that is followed.
std::string snapshot(Visit& visit, const std::string& project, std::int64_t seq)
{
    auto json = api::Json::object({{"seq", seq}});
    auto seen = projects::list(visit.context);
    if (!project.empty()) {
        std::erase_if(seen, [&](const projects::Project& one) { return one.id.value != project; });
        json.set("turns", rows_of(sessions::live_turns(visit.db(), projects::ProjectId(project))));
        auto pending = sessions::open_requests(visit.db(), {});
        std::erase_if(pending, [&](const sessions::Request& one) { return one.project.value != project; });
        json.set("pending", rows_of(pending));
    }
    auto projects = api::Json::array();
    for (const auto& one : seen) projects.push(for_caller(visit.caller(), to_json(one)));
    json.set("projects", std::move(projects));
    return "event: snapshot\nid: " + std::to_string(seq) + "\ndata: " + json.dump() + "\n\n";
}

http::Response stream_of(std::unique_ptr<http::Feed> feed)
{
    http::Response response;
    response.feed = std::move(feed);
    return response;
}

std::shared_ptr<const Presence> presence_at(Visit& visit, const std::string& project)
{
    if (project.empty()) return nullptr;
    return visit.site.followers.present_at(visit.app().paths.followers(project));
}

/// Where to begin. A number that no event has had yet comes from another database, as from before a backup
/// was brought back: one that was asked for is refused; a browser, which asks by itself and would give up, is
/// sent where it can go on.
void begin(Following& following, const EventsWanted& options, std::optional<std::int64_t> resumed,
           std::int64_t newest)
{
    const auto& asked = resumed ? resumed : options.after;
    following.after = asked.value_or(newest);
    if (following.after <= newest) return;
    following.after = newest;
    following.is_lost = resumed.has_value();
    if (following.is_lost) return;
    const auto why = "is beyond the newest event, " + std::to_string(newest);
    throw Error(Code::bad_request, "after " + why, {.fields = {{"after", why}}});
}

http::Response follow_log(Visit& visit, LogFollowing following)
{
    const auto options = read_query<LogWanted>(visit.request);
    if (options.source) following.wanted = runtime::from_source(*options.source);
    following.offset = static_cast<std::uint64_t>(last_id(visit.request).value_or(options.after.value_or(0)));
    if (following.offset == 0 && options.tail) {
        const auto lines = static_cast<std::size_t>(*options.tail);
        const auto tail = read_log_tail(following.file, lines, following.wanted);
        following.offset = tail.lines.empty() ? tail.next : tail.lines.front().offset;
    }
    return stream_of(
        std::make_unique<LogFeed>(visit.site.tail.db(), admission_of(visit), std::move(following)));
}

} // namespace

http::Response follow_events(Visit& visit)
{
    const auto options = read_query<EventsWanted>(visit.request);
    Following following{.filter = filter_of(visit, options)};
    const auto project = project_followed(visit, following.filter);
    following.presence = presence_at(visit, project);
    const auto newest = events::newest(visit.db());
    const auto resumed = last_id(visit.request);
    begin(following, options, resumed, newest);
    if (options.snapshot && !resumed) {
        following.after = newest;
        following.greeting = snapshot(visit, project, newest);
    }
    return stream_of(std::make_unique<EventFeed>(visit.site.tail, admission_of(visit), std::move(following)));
}

http::Response follow_project_log(Visit& visit)
{
    const auto project = projects::require(visit.context, visit.parts.front());
    return follow_log(visit, {.file = runtime::log_file(visit.app().paths.state(project.id.value)),
                              .presence = presence_at(visit, project.id.value)});
}

http::Response follow_job_log(Visit& visit)
{
    const auto id = job_in_path(visit);
    auto& tail = visit.site.tail;
    return follow_log(visit, {.file = visit.app().paths.job_log(id), .is_over = [&tail, id] {
                                  const auto job = queue::find(tail.db(), id);
                                  return !job || queue::is_finished(job->state);
                              }});
}

http::Response list_events(Visit& visit)
{
    const auto options = read_query<StoredEventsWanted>(visit.request);
    const auto filter = filter_of(visit, options);
    if (filter.project.empty() && filter.session.empty() && !api::sees_all(visit.caller()))
        throw Error(Code::bad_request, "name a project or a session",
                    {.fields = {{"project", "or session must be given"}}});
    const auto found = events::read(visit.db(), filter, options.after, static_cast<int>(options.limit));
    std::optional<std::string> next;
    if (!found.empty()) next = std::to_string(found.back().seq);
    return list(rows_of(found), next);
}

} // namespace skerry::web
