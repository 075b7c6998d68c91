#pragma once

#include <cstdint>
#include <string>

namespace skerry {

/// What a person may set: by option, by environment (SKERRY_...), in the config file, in this order.
struct Settings {
    std::string opencode;                     ///< the agent's program; empty: looked up
    std::string runtime = "sandbox";          ///< of new projects
    std::string app_image = "node:20-slim";   ///< what apps are run in by Docker ...
    std::string agent_image = "skerry/agent"; ///< ... and agents, which need opencode and git in it
    std::string model;                        ///< of new projects: "provider/model"
    std::string template_name = "static";     ///< of new projects
    std::int64_t first_port = 20'000;         ///< ports of projects are taken from here ...
    std::int64_t last_port = 29'999;          ///< ... to here
    std::int64_t concurrency = 8;             ///< jobs that one worker performs at a time
    std::string lease = "60s";                ///< how long a worker may hang before others take its jobs over
    std::string keep_succeeded = "24h";       ///< how long jobs are kept after they succeeded ...
    std::int64_t keep_last_succeeded = 1'000; ///< ... and so many of each type in any case
    std::string keep_cancelled = "24h";       ///< or superseded
    std::string keep_failed = "14d";
    std::int64_t keep_last_failed = 50;
    std::string keep_events = "forever";     ///< of projects
    std::string idle_stop = "off";           ///< projects are stopped when nothing happened for so long
    std::string silence = "5m";              ///< a turn without any progress for so long is stuck
    std::int64_t stuck_retries = 0;          ///< how often a stuck turn is tried again
    std::int64_t largest_asset = 10'000'000; ///< bytes that a file may have which somebody brings
    std::string log_level = "off";           ///< of commands; worker and serve begin with "info"
};

} // namespace skerry
