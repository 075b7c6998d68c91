#pragma once

#include "api/field.hpp"
#include "http/server.hpp"
#include "web/visit.hpp"

#include <array>
#include <optional>
#include <string>

/// Reading jobs.
namespace skerry::web {

struct JobsWanted {
    std::optional<std::string> project;
    std::optional<std::string> state;
    std::optional<std::string> type;
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
};
constexpr auto fields(api::Tag<JobsWanted>)
{
    return std::array{
        api::field<&JobsWanted::project>("project", "Only those of this project", {.min = 1, .max = 100}),
        api::field<&JobsWanted::state>(
            "state", "Only those at it: queued, running, succeeded, failed, cancelled, superseded",
            {.min = 1, .max = 20}),
        api::field<&JobsWanted::type>("type", "Only those of this type", {.min = 1, .max = 100}),
        api::field<&JobsWanted::limit>("limit", "How many at most", {.min = 1, .max = 200}),
        api::field<&JobsWanted::cursor>("cursor", "What 'nextCursor' of the part before said",
                                        {.min = 1, .max = 100}),
    };
}

http::Response list_jobs(Visit& visit);
/// With its attempts, and one sentence on why it waits or what became of it.
http::Response show_job(Visit& visit);

/// The job that the path names. Throws Error: bad_request, not_found, forbidden.
std::int64_t job_in_path(const Visit& visit);

} // namespace skerry::web
