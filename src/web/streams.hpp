#pragma once

#include "api/field.hpp"
#include "http/server.hpp"
#include "web/visit.hpp"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

/// Streams of server-sent events.
namespace skerry::web {

struct EventsWanted {
    std::optional<std::string> project;
    std::optional<std::string> session;
    std::vector<std::string> types;
    std::optional<std::int64_t> after;
    bool snapshot = false;
};
constexpr auto fields(api::Tag<EventsWanted>)
{
    return std::array{
        api::field<&EventsWanted::project>("project", "Only those of this project", {.min = 1, .max = 100}),
        api::field<&EventsWanted::session>("session", "Only those of this session", {.min = 1, .max = 100}),
        api::field<&EventsWanted::types>(
            "types", "Only these types, parted by commas; a beginning ends with a dot: chat.tool.",
            {.max = 50}),
        api::field<&EventsWanted::after>("after",
                                         "Begin behind this event; else with what happens from now on",
                                         {.max = std::numeric_limits<std::int64_t>::max()}),
        api::field<&EventsWanted::snapshot>("snapshot",
                                            "Begin with how things stand, as an event 'snapshot'"),
    };
}

struct StoredEventsWanted {
    std::optional<std::string> project;
    std::optional<std::string> session;
    std::vector<std::string> types;
    std::int64_t after = 0;
    std::int64_t limit = 200;
};
constexpr auto fields(api::Tag<StoredEventsWanted>)
{
    return std::array{
        api::field<&StoredEventsWanted::project>("project", "Only those of this project",
                                                 {.min = 1, .max = 100}),
        api::field<&StoredEventsWanted::session>("session", "Only those of this session",
                                                 {.min = 1, .max = 100}),
        api::field<&StoredEventsWanted::types>(
            "types", "Only these types, parted by commas; a beginning ends with a dot: chat.tool.",
            {.max = 50}),
        api::field<&StoredEventsWanted::after>("after", "Only events behind this one",
                                               {.max = std::numeric_limits<std::int64_t>::max()}),
        api::field<&StoredEventsWanted::limit>("limit", "How many at most", {.min = 1, .max = 1000}),
    };
}

struct LogWanted {
    std::optional<std::string> source;
    std::optional<std::int64_t> after;
    std::optional<std::int64_t> tail;
};
constexpr auto fields(api::Tag<LogWanted>)
{
    return std::array{
        api::field<&LogWanted::source>("source", "Only what this one wrote: host, app, agent, model",
                                       {.min = 1, .max = 20}),
        api::field<&LogWanted::after>("after", "Begin at this offset",
                                      {.max = std::numeric_limits<std::int64_t>::max()}),
        api::field<&LogWanted::tail>("tail", "Begin with the last lines, so many", {.max = 10'000}),
    };
}

http::Response follow_events(Visit& visit);
http::Response follow_project_log(Visit& visit);
http::Response follow_job_log(Visit& visit);
/// The stored events as a list, for those who do not follow.
http::Response list_events(Visit& visit);

} // namespace skerry::web
