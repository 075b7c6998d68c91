#pragma once

#include "cli/call.hpp"

#include <cstdint>
#include <optional>

namespace skerry::cli {

struct JobLogOptions {
    std::int64_t id = 0;
    bool follow = false;
    std::optional<std::int64_t> lines;
    std::optional<std::int64_t> attempt;
    std::optional<std::int64_t> after;
};
constexpr auto fields(api::Tag<JobLogOptions>)
{
    return std::array{
        api::field<&JobLogOptions::id>(
            "id", "The job's number", {.positional = true, .min = 1, .max = INT64_MAX, .placeholder = "JOB"}),
        api::field<&JobLogOptions::follow>("follow", "Go on until the job is finished", {.letter = 'f'}),
        api::field<&JobLogOptions::lines>("lines", "Only so many of the last lines",
                                          {.max = 1'000'000, .letter = 'n'}),
        api::field<&JobLogOptions::attempt>("attempt", "Only what this try wrote, as counted by 'jobs show'",
                                            {.min = 1, .max = INT64_MAX, .placeholder = "N"}),
        api::field<&JobLogOptions::after>("after", "Only from this byte of the log on",
                                          {.max = INT64_MAX, .placeholder = "OFFSET"}),
    };
}

/// `skerry jobs logs`
int show_job_log(Call& call, const JobLogOptions& options);

} // namespace skerry::cli
