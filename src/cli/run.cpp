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
#include <fcntl.h>
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

/// What --color says, as far as the words can be understood.
std::string colour_asked_for(const Words& words)
{
    constexpr std::string_view name = "--color";
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
        if (words[i] == name && i + 1 < words.size()) return words[i + 1];
        if (words[i].starts_with("--color=")) return words[i].substr(name.size() + 1);
    }
    return "auto";
}

/// A file opened later must never get the number of a standard stream that the caller has closed: what is
/// meant for people would be written into it. The stand-in refuses to be written to.
void keep_standard_streams() noexcept
{
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(number, F_GETFD) < 0)
            ::open("/dev/null", O_RDONLY); // takes the lowest number that is free
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
    Stream notes(STDERR_FILENO, colour_asked_for(words));
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
        keep_standard_streams();
        std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): a broken pipe is seen where we write
        return run(Words(words + 1, words + count));
    } catch (const BrokenPipe&) {
        return status::signals + SIGPIPE;
    } catch (const std::exception&) { // not even the error could be told
        return status::failed;
    }
}

} // namespace skerry::cli
