#pragma once

#include "api/field.hpp"
#include "http/server.hpp"
#include "web/visit.hpp"

#include <array>
#include <optional>
#include <string>

/// Reading sessions, turns, what was said and what waits for an answer.
namespace skerry::web {

struct SessionsWanted {
    std::optional<std::string> project;
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
};
constexpr auto fields(api::Tag<SessionsWanted>)
{
    return std::array{
        api::field<&SessionsWanted::project>("project", "Only those of this project", {.min = 1, .max = 100}),
        api::field<&SessionsWanted::limit>("limit", "How many at most", {.min = 1, .max = 200}),
        api::field<&SessionsWanted::cursor>("cursor", "What 'nextCursor' of the part before said",
                                            {.min = 1, .max = 100}),
    };
}

http::Response list_sessions(Visit& visit);
http::Response show_session(Visit& visit);
http::Response list_turns(Visit& visit);
http::Response list_messages(Visit& visit);
http::Response list_pending(Visit& visit);
http::Response show_turn(Visit& visit);
http::Response show_difference(Visit& visit);

} // namespace skerry::web
