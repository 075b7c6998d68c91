#pragma once

#include "api/action.hpp"
#include "schedules/schedule.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::schedules {

struct AddSchedule {
    std::string name;
    std::string cron;
    std::optional<std::string> timezone;
    std::string missed = "once";
    std::optional<std::string> queue;
    std::int64_t priority = 0;
    std::int64_t retries = 0;
    std::optional<std::string> timeout;
    std::optional<std::string> key;
    std::optional<std::string> cwd;
    std::vector<std::string> env;
    std::vector<std::string> command;
};
constexpr auto fields(api::Tag<AddSchedule>)
{
    return std::array{
        api::field<&AddSchedule::name>("name", "What to call it",
                                       {.positional = true, .min = 1, .max = 100, .placeholder = "SCHEDULE"}),
        api::field<&AddSchedule::cron>(
            "cron", "When: minute, hour, day of month, month, day of week; or @hourly, @daily ...",
            {.min = 1, .max = 1000, .placeholder = "CRON"}),
        api::field<&AddSchedule::timezone>("timezone", "Whose clocks count; else this machine's own",
                                           {.min = 1, .max = 100, .placeholder = "ZONE"}),
        api::field<&AddSchedule::missed>(
            "missed",
            "What becomes of times at which no worker was there: none of them is "
            "run, one run stands for all, or each is made up for (100 at most)",
            {.one_of = "skip|once|all"}),
        api::field<&AddSchedule::queue>("queue", "The queue it goes through",
                                        {.min = 1, .max = 100, .placeholder = "QUEUE"}),
        api::field<&AddSchedule::priority>("priority", "Smaller goes first", {.min = -1'000'000}),
        api::field<&AddSchedule::retries>("retries", "How often to try again what failed", {.max = 1000}),
        api::field<&AddSchedule::timeout>("timeout", "The longest that one try may take (90s, 5m, 2h)",
                                          {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&AddSchedule::key>("key", "Only one job with this key runs at a time",
                                      {.min = 1, .max = 200, .placeholder = "KEY"}),
        api::field<&AddSchedule::cwd>("cwd", "Where it runs; else the folder you are in",
                                      {.min = 1, .max = 4096, .placeholder = "FOLDER"}),
        api::field<&AddSchedule::env>(
            "env",
            "A variable for the command; may be repeated. It is kept in the database: no place for a "
            "secret",
            {.max = 1000, .placeholder = "NAME=VALUE", .whole = true}),
        api::field<&AddSchedule::command>(
            "command", "What to run, and its arguments",
            {.positional = true, .min = 1, .max = 10'000, .placeholder = "COMMAND", .behind_dashes = true}),
    };
}

struct NamedSchedule {
    std::string name;
};
constexpr auto fields(api::Tag<NamedSchedule>)
{
    return std::array{api::field<&NamedSchedule::name>(
        "name", "The schedule's name",
        {.positional = true, .min = 1, .max = 100, .placeholder = "SCHEDULE"})};
}

/// A schedule and, where one was started, its job.
struct Answer {
    Schedule schedule;
    std::optional<queue::JobId> job{};
};
/// The schedule's JSON, with jobId?
api::Json to_json(const Answer& answer);

/// Throws Error: bad_request for what is wrong with the input, conflict when the name is taken.
Answer add_schedule(api::Context& context, const AddSchedule& input);
/// Its slots pass unused, whatever it says about missed ones.
Answer pause_schedule(api::Context& context, const NamedSchedule& input);
/// Goes on with the next slot to come.
Answer resume_schedule(api::Context& context, const NamedSchedule& input);
/// The jobs that it has started go on.
Answer delete_schedule(api::Context& context, const NamedSchedule& input);
/// Adds its job now, paused or not. Its slots stay as they are.
Answer run_schedule_now(api::Context& context, const NamedSchedule& input);

} // namespace skerry::schedules
