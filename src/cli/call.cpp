#include "cli/call.hpp"

#include "util/log.hpp"

namespace skerry::cli {
namespace {

/// The settings that are options on the command line too, under the same name.
api::Json settings_among(const api::Json& values)
{
    auto found = api::Json::object();
    for (const auto* name : {"logLevel", "concurrency"})
        if (values.has(name)) found.set(name, values[name]);
    return found;
}

} // namespace

Call::Call(const Command& the_command, api::Json the_values, Terminal& the_terminal)
    : command(the_command), values(std::move(the_values)), terminal(the_terminal)
{
}

const program::LoadedSettings& Call::settings()
{
    if (!settings_) {
        const auto environment = program::process_environment();
        settings_ = program::load_settings({.environment = environment,
                                            .file = program::config_file(environment),
                                            .options = settings_among(values)});
        log::show_from(log::parse_level(settings_->settings.log_level));
    }
    return *settings_;
}

const program::LoadedSettings& Call::reloaded_settings()
{
    settings_.reset();
    return settings();
}

program::DataFolder Call::data_folder() const
{
    return program::data_folder(read<Globals>().data_dir, program::process_environment());
}

program::Opened& Call::opened(db::Role role)
{
    if (!opened_) opened_ = program::open(data_folder().path, settings().settings, role);
    return *opened_;
}

} // namespace skerry::cli
