#include "web/job_reads.hpp"

#include "projects/job_actions.hpp"
#include "projects/project_access.hpp"
#include "queue/explain.hpp"
#include "util/error.hpp"
#include "util/text.hpp"
#include "web/answer.hpp"
#include "web/paging.hpp"

namespace skerry::web {
namespace {

/// The keys of the jobs that the caller may see; nothing: all jobs.
std::optional<std::vector<std::string>> keys_to_see(Visit& visit)
{
    if (api::sees_all(visit.caller())) return std::nullopt;
    std::vector<std::string> keys;
    for (const auto& project : projects::list(visit.context))
        for (auto& key : projects::job_keys(project.id)) keys.push_back(std::move(key));
    return keys;
}

} // namespace

std::int64_t job_in_path(const Visit& visit)
{
    const auto& part = visit.parts.front();
    const auto id = number_in(part);
    if (!id) throw Error(Code::bad_request, "'" + part + "' is no number of a job");
    return projects::require_job(visit.context, *id).id;
}

http::Response list_jobs(Visit& visit)
{
    const auto options = read_query<JobsWanted>(visit.request);
    queue::Filter filter{.state = options.state.value_or(""),
                         .kind = options.type.value_or(""),
                         .limit = static_cast<int>(options.limit),
                         .keys = keys_to_see(visit)};
    if (options.project)
        filter.keys = projects::job_keys(projects::require(visit.context, *options.project).id);
    if (options.cursor) filter.before = number_in_cursor(*options.cursor);
    const auto found = queue::list(visit.db(), filter);
    auto items = api::Json::array();
    for (const auto& job : found) items.push(to_json(job));
    std::optional<std::string> next;
    if (std::cmp_equal(found.size(), options.limit)) next = std::to_string(found.back().id);
    return list(items, next);
}

http::Response show_job(Visit& visit)
{
    const auto id = job_in_path(visit);
    auto attempts = api::Json::array();
    for (const auto& attempt : queue::attempts_of(visit.db(), id)) attempts.push(to_json(attempt));
    const auto explanation = queue::explain(queue::facts_about(visit.app().paths, visit.db(), id));
    auto json = to_json(queue::require(visit.db(), id));
    json.set("attempts", std::move(attempts)).set("explanation", explanation.sentence);
    return data_with_tag(visit.request, json);
}

} // namespace skerry::web
