#pragma once

#include "cli/command.hpp"

#include <optional>
#include <string>
#include <vector>

/// The options that many commands have in common, and what is derived from all options of one.
namespace skerry::cli {

struct Globals {
    std::optional<std::string> data_dir;
    bool json = false;
    bool quiet = false;
    std::string color = "auto";
    std::optional<std::string> log_level;
    bool help = false;
    bool version = false;
};
constexpr auto fields(api::Tag<Globals>)
{
    return std::array{
        api::field<&Globals::data_dir>("dataDir", "Where everything is kept; else SKERRY_DATA_DIR",
                                       {.max = 4096, .placeholder = "FOLDER"}),
        api::field<&Globals::json>("json",
                                   "JSON: the full object, an array for a list, one line each for a stream"),
        api::field<&Globals::quiet>("quiet", "Ids only", {.letter = 'q'}),
        api::field<&Globals::color>("color", "When to use colours; NO_COLOR is heeded too",
                                    {.one_of = "auto|always|never"}),
        api::field<&Globals::log_level>("logLevel", "What the log on standard error shows",
                                        {.one_of = "debug|info|warning|error|off"}),
        api::field<&Globals::help>("help", "Show help for the command", {.letter = 'h'}),
        api::field<&Globals::version>("version", "Show the version", {.letter = 'V'}),
    };
}

struct Waiting {
    std::optional<std::string> timeout;
    bool local = false;
    bool no_local = false;
};
constexpr auto fields(api::Tag<Waiting>)
{
    return std::array{
        api::field<&Waiting::timeout>("timeout", "Wait no longer than that (90s, 5m); then exit with 8",
                                      {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Waiting::local>("local", "Work the queue here, even if a worker runs"),
        api::field<&Waiting::no_local>("noLocal", "Never work the queue here; exit with 7 if no worker runs"),
    };
}

struct Work {
    bool wait = false;
    bool follow = false;
    std::optional<std::string> timeout;
    bool local = false;
    bool no_local = false;
};
constexpr auto fields(api::Tag<Work>)
{
    return std::array{
        api::field<&Work::wait>("wait", "Wait until the work is done, and exit with its outcome"),
        api::field<&Work::follow>("follow", "Wait, and show what happens as it happens"),
        api::field<&Work::timeout>("timeout", "Wait no longer than that (90s, 5m); then exit with 8",
                                   {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&Work::local>("local", "Wait, and work the queue here even if a worker runs"),
        api::field<&Work::no_local>("noLocal", "Never work the queue here; exit with 7 if no worker runs"),
    };
}

/// As Work, for commands whose --timeout is the job's own.
struct JobWork {
    bool wait = false;
    bool follow = false;
    std::optional<std::string> wait_timeout;
    bool local = false;
    bool no_local = false;
};
constexpr auto fields(api::Tag<JobWork>)
{
    return std::array{
        api::field<&JobWork::wait>("wait", "Wait until the job has ended, and exit with its outcome"),
        api::field<&JobWork::follow>("follow", "Wait, and show what the command writes as it writes it"),
        api::field<&JobWork::wait_timeout>(
            "waitTimeout", "Wait no longer than that (90s, 5m); then exit with 8, and the job goes on",
            {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&JobWork::local>("local", "Wait, and work the queue here even if a worker runs"),
        api::field<&JobWork::no_local>("noLocal", "Never work the queue here; exit with 7 if no worker runs"),
    };
}

struct Confirmation {
    bool yes = false;
};
constexpr auto fields(api::Tag<Confirmation>)
{
    return std::array{api::field<&Confirmation::yes>("yes", "Do not ask", {.letter = 'y'})};
}

/// Options that belong together, with the title they have in help and manual.
struct OptionSet {
    std::string_view title;
    std::span<const api::Field> fields;
};

/// All a command takes: its own, then those in common, then those of every command.
std::vector<OptionSet> option_sets(const Command& command);

/// "PROMPT" or "--max-cost": how a person knows the field.
std::string spelled(const api::Field& field);
/// "NAME" in "--name NAME"
std::string placeholder(const api::Field& field);
/// Whether the command cannot be run without it.
bool is_needed(const api::Field& field);
/// "skerry projects create [PROMPT] [options]"
std::string usage(const Command& command);

/// The members of `values` that are fields.
api::Json pick(const api::Json& values, std::span<const api::Field> fields);

} // namespace skerry::cli
