#pragma once

#include "cli/call.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skerry::cli {

struct LogOptions {
    std::string project;
    std::int64_t lines = 100;
    bool follow = false;
    std::vector<std::string> source;
};
constexpr auto fields(api::Tag<LogOptions>)
{
    return std::array{
        api::field<&LogOptions::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&LogOptions::lines>("lines", "How many of the last lines",
                                       {.max = 100'000, .letter = 'n'}),
        api::field<&LogOptions::follow>("follow", "Go on with what is written from now on", {.letter = 'f'}),
        api::field<&LogOptions::source>("source", "Only lines of these: app, agent, host, model",
                                        {.max = 10, .placeholder = "NAME,..."}),
    };
}

/// `skerry projects logs`
int show_log(Call& call, const LogOptions& options);

} // namespace skerry::cli
