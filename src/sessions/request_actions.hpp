#pragma once

#include "api/action.hpp"
#include "sessions/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::sessions {

struct Answer {
    std::string session;
    std::string request;
    std::optional<std::string> reply;
    std::vector<std::string> choice;
    std::optional<std::string> message;
};
constexpr auto fields(api::Tag<Answer>)
{
    return std::array{
        api::field<&Answer::session>(
            "session", "A session, or a project (its newest session)",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&Answer::request>("request", "The request, or the beginning of its id",
                                     {.positional = true, .min = 1, .max = 100, .placeholder = "REQUEST"}),
        api::field<&Answer::reply>(
            "reply", "once: this time; always: until the agent ends; reject: also dismisses a question",
            {.positional = true, .one_of = "once|always|reject", .placeholder = "REPLY"}),
        api::field<&Answer::choice>(
            "choice",
            "The answer to a question: its number or its words; again for each further question, and several "
            "numbers as 1+3",
            {.max = 50, .placeholder = "N", .whole = true}),
        api::field<&Answer::message>("message",
                                     "Tells the agent why; of a question the answer in your own words",
                                     {.min = 1, .max = 10'000, .placeholder = "TEXT"}),
    };
}
/// Keeps the answer; whoever follows the turn hands it to the agent. Throws Error: not_found, conflict when
/// it was answered or is no longer asked for, bad_request when it does not fit what was asked.
Request answer(api::Context& context, const Answer& input);

} // namespace skerry::sessions
