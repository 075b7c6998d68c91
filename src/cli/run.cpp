#include "cli/run.hpp"

#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/help.hpp"
#include "cli/lookup.hpp"
#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "program/version.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <unistd.h>

namespace skerry::cli {
namespace {

using Words = std::vector<std::string>;

/// Whether errors are told as JSON, also those of a command line that cannot be understood.
bool asks_for_json(const Words& words)
{
    const auto end = std::find(words.begin(), words.end(), "--");
    return std::find(words.begin(), end, "--json") != end;
}

int show(Terminal& terminal, const std::string& text)
{
    terminal.out.write(text);
    return status::done;
}

int show_version(Terminal& terminal)
{
    if (terminal.json) {
        terminal.print(api::Json::object({{"version", version}}).dump());
        return status::done;
    }
    return show(terminal,
                terminal.quiet ? std::string(version) + "\n" : "skerry " + std::string(version) + "\n");
}

Terminal terminal_for(const Globals& globals)
{
    return Terminal({.json = globals.json, .quiet = globals.quiet, .colour = globals.color});
}

int run_without_command(const Found& found)
{
    const auto values = parse_globals(found.rest);
    const auto globals = api::from_json<Globals>(values);
    auto terminal = terminal_for(globals);
    if (globals.version) return show_version(terminal);
    return show(terminal, found.noun.empty() ? help(terminal.out) : help(found.noun, terminal.out));
}

int run_command(const Command& command, const Words& rest)
{
    const auto values = parse(command, rest);
    const auto globals = api::from_json<Globals>(pick(values, api::fields_of<Globals>()));
    auto terminal = terminal_for(globals);
    if (globals.help) return show(terminal, help(command, terminal.out));
    if (globals.version) return show_version(terminal);
    Call call(command, values, terminal);
    return command.run(call);
}

/// An error told, as an exit status.
int told(const Error& error, const Command* command, const Words& words)
{
    Stream notes(STDERR_FILENO);
    report(error, command, notes, asks_for_json(words));
    return exit_status(error.code());
}

int run(const Words& words)
{
    const Command* command = nullptr;
    try {
        const auto found = find_command(words);
        command = found.command;
        return command == nullptr ? run_without_command(found) : run_command(*command, found.rest);
    } catch (const Error& error) {
        return told(error, command, words);
    } catch (const std::bad_alloc&) {
        return told({Code::unavailable, "out of memory"}, command, words);
    } catch (const std::exception& fault) {
        return told({Code::internal, std::string("internal error: ") + fault.what()}, command, words);
    }
}

} // namespace

int run(int count, char** words) noexcept
{
    try {
        std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): a broken pipe is seen where we write
        return run(Words(words + 1, words + count));
    } catch (const BrokenPipe&) {
        return status::signals + SIGPIPE;
    } catch (const std::exception&) { // not even the error could be told
        return status::failed;
    }
}

} // namespace skerry::cli
