#pragma once

#include "api/action.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "program/open.hpp"
#include "program/settings_source.hpp"

#include <memory>

namespace skerry::cli {

/// One run of one command: what was asked for, and what it works with. The data folder is opened by the first
/// that needs it, so that what needs none starts at once.
class Call {
public:
    Call(const Command& command, api::Json values, Terminal& terminal);

    const Command& command;
    const api::Json values; ///< what was given, by field name
    Terminal& terminal;

    /// The options declared by T, checked. Throws Error bad_request.
    template <class T> [[nodiscard]] T read() const
    {
        return api::from_json<T>(pick(values, api::fields_of<T>()));
    }
    const program::LoadedSettings& settings();
    /// As they are now, for what runs so long that they change meanwhile.
    const program::LoadedSettings& reloaded_settings();
    [[nodiscard]] program::DataFolder data_folder() const;
    /// Opens data folder and database at the first call. Throws Error.
    program::Opened& opened(db::Role role = db::Role::command);
    db::Connection& db() { return opened().db; }
    App& app() { return opened().app; }
    /// For an action, as the terminal.
    api::Context context() { return {.app = app(), .db = db()}; }

private:
    std::optional<program::LoadedSettings> settings_;
    std::unique_ptr<program::Opened> opened_;
};

/// Makes a row's function of one that takes its options as a struct: .input = fields_of<ListJobs>(), .run =
/// with<list_jobs>
template <auto Function> struct OptionsOf;
template <class Options, int (*Function)(Call&, const Options&)> struct OptionsOf<Function> {
    using type = Options;
};
template <auto Function> int with(Call& call)
{
    return Function(call, call.read<typename OptionsOf<Function>::type>());
}

} // namespace skerry::cli
