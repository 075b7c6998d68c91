#pragma once

#include "api/field.hpp"
#include "app/settings.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry {

constexpr auto fields(api::Tag<Settings>)
{
    return std::array{
        api::field<&Settings::opencode>("opencode", "The agent's program; empty: looked up in PATH",
                                        {.max = 4096, .placeholder = "FILE"}),
        api::field<&Settings::runtime>("runtime", "How new projects are run",
                                       {.one_of = "auto|sandbox|docker|host"}),
        api::field<&Settings::app_image>("appImage", "The image that Docker runs apps in",
                                         {.min = 1, .max = 500, .placeholder = "IMAGE"}),
        api::field<&Settings::agent_image>("agentImage",
                                           "The image that Docker runs agents in: with opencode and git",
                                           {.min = 1, .max = 500, .placeholder = "IMAGE"}),
        api::field<&Settings::model>("model", "The model of new projects",
                                     {.max = 200, .placeholder = "PROVIDER/MODEL"}),
        api::field<&Settings::template_name>("template", "What new projects are copied from",
                                             {.max = 4096, .placeholder = "NAME|PATH"}),
        api::field<&Settings::first_port>("firstPort", "The ports of projects are taken from here ...",
                                          {.min = 1024, .max = 65535}),
        api::field<&Settings::last_port>("lastPort", "... to here", {.min = 1024, .max = 65535}),
        api::field<&Settings::concurrency>("concurrency", "Jobs that one worker performs at a time",
                                           {.min = 1, .max = 64}),
        api::field<&Settings::lease>("lease", "How long a worker may hang before others take its jobs over",
                                     {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Settings::keep_succeeded>("keepSucceeded", "How long jobs that succeeded are kept ...",
                                              {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Settings::keep_last_succeeded>(
            "keepLastSucceeded", "... and so many of each type in any case", {.max = 1'000'000'000}),
        api::field<&Settings::keep_cancelled>("keepCancelled", "How long cancelled jobs are kept",
                                              {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Settings::keep_failed>("keepFailed", "How long failed jobs are kept ...",
                                           {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Settings::keep_last_failed>("keepLastFailed", "... and so many in any case",
                                                {.max = 1'000'000'000}),
        api::field<&Settings::keep_events>("keepEvents",
                                           "How long projects keep the events of their sessions",
                                           {.min = 1, .max = 20, .placeholder = "DURATION|forever"}),
        api::field<&Settings::idle_stop>("idleStop",
                                         "Stop projects in which nothing happened for so long; off: never",
                                         {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Settings::silence>("silence", "A turn without any progress for so long is stuck",
                                       {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Settings::stuck_retries>("stuckRetries", "How often a stuck turn is tried again",
                                             {.max = 10}),
        api::field<&Settings::largest_asset>("largestAsset", "Bytes that an asset may have",
                                             {.min = 1, .max = 1'000'000'000}),
        api::field<&Settings::log_level>("logLevel",
                                         "What the log on standard error shows; 'worker' begins with info",
                                         {.one_of = "debug|info|warning|error|off"}),
    };
}

} // namespace skerry

namespace skerry::program {

/// An environment variable's value; nothing when it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
/// That of this process.
Environment process_environment();

struct SettingsSource {
    Environment environment;
    std::filesystem::path file;              ///< need not exist
    api::Json options = api::Json::object(); ///< what options on the command line say, by field name
};

/// One setting and who said so: "option", "SKERRY_MODEL", the config file's path, or "default".
struct Setting {
    std::string name;
    api::Json value;
    std::string origin;
};

struct LoadedSettings {
    Settings settings;
    std::vector<Setting> list; ///< in the order of the fields
    [[nodiscard]] bool is_default(std::string_view name) const;
};

/// Options before environment before config file before defaults. Throws Error bad_request that names each
/// wrong or unknown key and where it stands.
LoadedSettings load_settings(const SettingsSource& source);

/// $XDG_CONFIG_HOME/skerry/config.json, or below ~/.config
std::filesystem::path config_file(const Environment& environment);

struct DataFolder {
    std::filesystem::path path; ///< absolute
    std::string origin;         ///< "option", "SKERRY_DATA_DIR", "XDG_DATA_HOME", "default"
};
/// --data-dir, SKERRY_DATA_DIR, $XDG_DATA_HOME/skerry, ~/.local/share/skerry. Throws Error unavailable
/// without any.
DataFolder data_folder(const std::optional<std::string>& option, const Environment& environment);

/// "SKERRY_FIRST_PORT" for "firstPort"
std::string environment_name(std::string_view field);

} // namespace skerry::program
