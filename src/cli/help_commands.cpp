#include "cli/call.hpp"
#include "cli/completion.hpp"
#include "cli/exit_status.hpp"
#include "cli/help.hpp"
#include "cli/lookup.hpp"
#include "cli/manual.hpp"
#include "cli/rows.hpp"
#include "program/version.hpp"

namespace skerry::cli {
namespace {

struct About {
    std::vector<std::string> command;
};
constexpr auto fields(api::Tag<About>)
{
    return std::array{api::field<&About::command>("command", "The command, or its noun",
                                                  {.positional = true, .max = 3, .placeholder = "COMMAND"})};
}

int show_help(Call& call, const About& about)
{
    auto& out = call.terminal.out;
    const auto found = find_command(about.command);
    out.write(found.command != nullptr ? help(*found.command, out)
              : found.noun.empty()     ? help(out)
                                       : help(found.noun, out));
    return status::done;
}

struct Shell {
    std::string shell;
};
constexpr auto fields(api::Tag<Shell>)
{
    return std::array{api::field<&Shell::shell>(
        "shell", "bash, zsh or fish",
        {.positional = true, .min = 1, .one_of = "bash|zsh|fish", .placeholder = "SHELL"})};
}

int show_completion(Call& call, const Shell& wanted)
{
    call.terminal.out.write(completion_script(wanted.shell));
    return status::done;
}

int show_version(Call& call)
{
    auto& terminal = call.terminal;
    if (terminal.json)
        terminal.print(api::Json::object({{"version", version}}).dump());
    else
        terminal.print(terminal.quiet ? std::string(version) : "skerry " + std::string(version));
    return status::done;
}

struct Page {
    std::optional<std::string> noun;
};
constexpr auto fields(api::Tag<Page>)
{
    return std::array{
        api::field<&Page::noun>("noun", "A group of commands; else the page of skerry itself",
                                {.positional = true, .min = 1, .max = 60, .placeholder = "NOUN"})};
}

int show_manual(Call& call, const Page& page)
{
    call.terminal.out.write(page.noun ? manual_page(*page.noun) : manual_page());
    return status::done;
}

struct Typed {
    std::vector<std::string> words;
};
constexpr auto fields(api::Tag<Typed>)
{
    return std::array{api::field<&Typed::words>("words", "The words so far, the last one unfinished",
                                                {.positional = true, .max = 1000})};
}

int complete(Call& call, const Typed& typed)
{
    std::string text;
    for (const auto& [value, help] : completions(typed.words, stored_values()))
        text += value + (help.empty() ? "" : "\t" + help) + "\n";
    call.terminal.out.write(text);
    return status::done;
}

} // namespace

std::vector<Command> help_commands()
{
    return {
        {.noun = "completion",
         .summary = "Write the completion script of a shell",
         .details = "Commands, options and the names of projects are completed. Already in place when skerry "
                    "was installed.",
         .examples = {{"source <(skerry completion bash)", "for this shell"},
                      {"skerry completion fish > ~/.config/fish/completions/skerry.fish", ""}},
         .input = api::fields_of<Shell>(),
         .run = with<show_completion>},
        {.noun = "version", .summary = "Show the version", .run = show_version},
        {.noun = "help",
         .summary = "Show help for a command",
         .input = api::fields_of<About>(),
         .run = with<show_help>},
        {.noun = "manual",
         .summary = "Write a manual page",
         .input = api::fields_of<Page>(),
         .hidden = true,
         .run = with<show_manual>},
        {.noun = "__complete",
         .summary = "Answer what a word may become",
         .input = api::fields_of<Typed>(),
         .hidden = true,
         .run = with<complete>},
    };
}

} // namespace skerry::cli
