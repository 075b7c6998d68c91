#include "agent/showing.hpp"
#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/unseen_input.hpp"
#include "cli/view.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "secrets/secret_actions.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace skerry::cli {
namespace {

using secrets::NamedSecret;
using secrets::Secret;

/// Never from the command line, which others can read and shells remember.
std::string value_of(Terminal& terminal, const std::string& name)
{
    constexpr std::size_t longest = 65'536;
    if (::isatty(STDIN_FILENO) == 0) return std::string(trim(read_standard_input(longest)));
    return std::string(trim(typed_unseen(terminal, name)));
}

void show(Terminal& terminal, const api::Json& secret, std::string_view what)
{
    if (terminal.json)
        terminal.print(secret.dump(terminal.out.is_terminal()));
    else
        terminal.print(secret["name"].text() +
                       (terminal.out.is_terminal() && !terminal.quiet ? std::string(what) : ""));
}

int set_secret(Call& call, const NamedSecret& named)
{
    secrets::check_name(named.name); // before somebody types a value for nothing
    const auto value = value_of(call.terminal, named.name);
    const auto secret = perform_action(call, api::Json::object({{"name", named.name}, {"value", value}}));
    show(call.terminal, secret, " is set; agents get it before their next turn");
    if (value.size() < agent::shortest_secret)
        call.terminal.hint("it has less than " + std::to_string(agent::shortest_secret) +
                           " bytes: too short to be masked in what agents say");
    return status::done;
}

int delete_secret(Call& call, const NamedSecret& named)
{
    show(call.terminal, perform_action(call, api::to_json(named)), " is deleted");
    return status::done;
}

int list_secrets(Call& call)
{
    const auto found = secrets::list(call.app().paths);
    if (found.empty() && call.terminal.out.is_terminal())
        call.terminal.hint("there is no secret yet: skerry secrets set OPENAI_API_KEY");
    return show_list(
        call.terminal, found, [](const Secret& secret) { return secret.name; },
        [&](const Stream& stream) {
            Table table({{"name", false, true}, {"kind"}, {"set"}});
            for (const auto& secret : found)
                table.add({{secret.name, Paint::strong}, secret.kind, when(stream, secret.set_at)});
            return found.empty() ? "" : table.shown_on(stream);
        });
}

struct Import {
    std::optional<std::string> file;
};
constexpr auto fields(api::Tag<Import>)
{
    return std::array{
        api::field<&Import::file>("file", "OpenCode's auth.json; else that of this user",
                                  {.positional = true, .min = 1, .max = 4096, .placeholder = "FILE"})};
}

std::string place_of_auth_file()
{
    const char* data = std::getenv("XDG_DATA_HOME"); // NOLINT(concurrency-mt-unsafe): nobody sets any
    const char* home = std::getenv("HOME");          // NOLINT(concurrency-mt-unsafe)
    if (data == nullptr && home == nullptr)
        throw Error(Code::bad_request, "no file is named, and HOME is not set");
    return (data != nullptr ? std::string(data) : std::string(home) + "/.local/share") +
           "/opencode/auth.json";
}

std::string usual_auth_file()
{
    auto file = place_of_auth_file();
    if (!std::filesystem::exists(file))
        throw Error(
            Code::not_found, "OpenCode has saved no logins: there is no " + file,
            {.hint = "'opencode auth login' makes it; or name another: skerry secrets import-auth FILE"});
    return file;
}

int import_logins(Call& call, const Import& options)
{
    const auto file = options.file ? *options.file : usual_auth_file();
    constexpr std::size_t largest = 1'000'000;
    const auto imported = perform_action(call, api::Json::object({{"auth", read_file(file, largest)}}));
    auto& terminal = call.terminal;
    if (terminal.json) terminal.print(imported.dump(terminal.out.is_terminal()));
    if (!terminal.json)
        for (const auto& provider : imported["providers"].items()) terminal.print(provider.text());
    return status::done;
}

} // namespace

std::vector<Command> secret_commands()
{
    const auto summary_of = [](std::string_view action) { return program::require_action(action).summary; };
    return {
        {.noun = "secrets",
         .verb = "set",
         .summary = summary_of("secrets.set"),
         .details =
             "The value is read from standard input, or typed where it is not shown; it is never part of "
             "a command line. It is kept in a file that only you can read, and given to agents in their "
             "environment; apps never see it. An agent that runs is started anew before its next turn.",
         .examples = {{"skerry secrets set OPENAI_API_KEY < key.txt", ""},
                      {"skerry secrets set ANTHROPIC_API_KEY", "asks for it"}},
         .input = api::fields_of<NamedSecret>(),
         .action = "secrets.set",
         .run = with<set_secret>},
        {.noun = "secrets",
         .verb = "list",
         .summary = "List the keys and logins that agents get, without their values",
         .run = list_secrets},
        {.noun = "secrets",
         .verb = "delete",
         .summary = summary_of("secrets.delete"),
         .input = api::fields_of<NamedSecret>(),
         .action = "secrets.delete",
         .run = with<delete_secret>},
        {.noun = "secrets",
         .verb = "import-auth",
         .summary = summary_of("secrets.import_auth"),
         .details = "Logins with a key work for any number of agents. A login by OAuth is renewed by whoever "
                    "uses it, which may log the others out: prefer keys.",
         .examples = {{"skerry secrets import-auth", "what 'opencode auth login' has saved"}},
         .input = api::fields_of<Import>(),
         .action = "secrets.import_auth",
         .run = with<import_logins>},
    };
}

} // namespace skerry::cli
