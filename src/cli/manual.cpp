#include "cli/manual.hpp"

#include "cli/lookup.hpp"
#include "cli/options.hpp"
#include "program/settings_source.hpp"
#include "program/version.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace skerry::cli {
namespace {

/// Text as roff takes it: nothing in it is a request or an escape.
std::string roff(std::string_view text)
{
    std::string result;
    bool begins_line = true;
    for (const char letter : text) {
        if (begins_line && (letter == '.' || letter == '\'')) result += "\\&";
        if (letter == '\\')
            result += "\\e";
        else if (letter == '-')
            result += "\\-";
        else if (letter == '\'')
            result += "\\(aq";
        else
            result += letter;
        begins_line = letter == '\n';
    }
    return result;
}

std::string bold(std::string_view text)
{
    return "\\fB" + roff(text) + "\\fR";
}

std::string italic(std::string_view text)
{
    return "\\fI" + roff(text) + "\\fR";
}

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    return text;
}

/// "skerry-jobs-types"
std::string page_of(std::string_view noun)
{
    auto name = "skerry-" + std::string(noun);
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

std::string title(const std::string& page, std::string_view summary)
{
    return ".TH " + roff(upper(page)) + " 1 \"\" \"skerry " + roff(version) +
           "\" \"User Commands\"\n.SH NAME\n" + roff(page) + " \\- " + roff(summary) + "\n";
}

std::string section(std::string_view name)
{
    return ".SH " + upper(std::string(name)) + "\n";
}

/// A term and, indented below it, what it means.
std::string item(const std::string& term, std::string_view meaning)
{
    return ".TP\n" + term + "\n" + roff(meaning) + "\n";
}

std::string paragraphs_of(std::string_view text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find("\n\n", at), text.size());
        result += ".PP\n" + roff(text.substr(at, end - at)) + "\n";
        at = end + 2;
    }
    return result;
}

std::string term_of(const api::Field& field)
{
    if (field.rule.positional) return italic(spelled(field));
    std::string term = field.rule.letter == 0 ? "" : bold(std::string("-") + field.rule.letter) + ", ";
    term += bold(spelled(field));
    if (field.kind != api::Kind::boolean) term += " " + italic(placeholder(field));
    return term;
}

std::string items_of(std::span<const api::Field> fields)
{
    std::string text;
    for (const auto& field : fields)
        if (!field.rule.hidden) text += item(term_of(field), field.help);
    return text;
}

std::string about(const Command& command)
{
    std::string text = ".SS " + roff("skerry " + full_name(command)) + "\n" + roff(command.summary) +
                       ".\n.PP\n" + bold(usage(command)) + "\n" + paragraphs_of(command.details);
    for (const auto& set : option_sets(command))
        if (set.title != "Global options") text += items_of(set.fields);
    if (command.examples.empty()) return text;
    text += ".PP\nExamples:\n";
    for (const auto& [line, what] : command.examples) {
        text += ".PP\n.RS 4\n.nf\n" + roff(line) + "\n.fi\n";
        if (!what.empty()) text += roff(what) + "\n";
        text += ".RE\n";
    }
    return text;
}

std::string exit_status_section()
{
    constexpr std::array<std::array<std::string_view, 2>, 16> codes{{
        {"0", "done"},
        {"1", "failed"},
        {"2", "the command line or an input is wrong"},
        {"3", "not found"},
        {"4", "not permitted"},
        {"5", "confirmation refused, or nobody can be asked"},
        {"6", "conflict"},
        {"7", "the machine lacks something: a program, a writable folder, disk space, a running worker"},
        {"8", "still pending at --timeout"},
        {"10", "the agent ended with an error"},
        {"11", "the agent waits for an answer"},
        {"12", "a limit was reached"},
        {"13", "a job failed"},
        {"14", "a job was cancelled"},
        {"130", "interrupted by Ctrl-C"},
        {"143", "ended by SIGTERM"},
    }};
    auto text = section("Exit status");
    for (const auto& [code, meaning] : codes) text += item(bold(code), meaning);
    return text;
}

std::string environment_section()
{
    auto text = section("Environment") + item(bold("SKERRY_DATA_DIR"), "Where everything is kept.");
    for (const auto& field : api::fields_of<Settings>())
        text += item(bold(program::environment_name(field.name)), field.help);
    return text + item(bold("NO_COLOR"), "When set, no colours are used.");
}

std::string files_section()
{
    return section("Files") +
           item(italic("~/.local/share/skerry"), "Database, projects and logs, unless told otherwise.") +
           item(italic("~/.config/skerry/config.json"), "Settings, as a JSON object.");
}

std::string see_also(std::string_view except)
{
    std::string text = section("See also");
    std::string between;
    if (!except.empty()) {
        text += bold("skerry") + "(1)";
        between = ", ";
    }
    for (const auto& noun : nouns()) {
        if (noun.name == except) continue;
        text += between + bold(page_of(noun.name)) + "(1)";
        between = ", ";
    }
    return text + "\n";
}

} // namespace

std::string manual_page()
{
    auto text = title("skerry", "run AI coding agents on projects, each in its own sandbox");
    text += section("Synopsis") + bold("skerry") + " " + italic("COMMAND") + " [" + italic("options") + "]\n";
    text += section("Description") + "A project is a folder of files with an app and an agent of its own, "
                                     "both run in a sandbox. A prompt makes the "
                                     "agent change the files; everything it does is stored as numbered "
                                     "events. Work is done by jobs in a queue, "
                                     "performed by a worker, or by the command that waits for them.\n";
    text += section("Commands");
    for (const auto& noun : nouns()) text += item(bold(page_of(noun.name)) + "(1)", noun.summary);
    for (const auto& command : commands())
        if (command.verb.empty() && !command.hidden) text += about(command);
    text += section("Global options") + items_of(api::fields_of<Globals>());
    return text + exit_status_section() + environment_section() + files_section() + see_also("");
}

std::string manual_page(std::string_view noun)
{
    const auto* const found = std::find_if(nouns().begin(), nouns().end(), [&](const Noun& one) {
                                  return one.name == noun;
                              }).base();
    if (found == nouns().data() + nouns().size())
        throw Error(Code::not_found, "there is no manual page for '" + std::string(noun) + "'");
    auto text = title(page_of(noun), found->summary);
    text += section("Synopsis") + bold("skerry " + std::string(noun)) + " " + italic("COMMAND") + " [" +
            italic("options") + "]\n";
    text += section("Commands");
    for (const auto* command : commands_of(noun)) text += about(*command);
    text += section("Global options") + items_of(api::fields_of<Globals>());
    return text + see_also(noun);
}

} // namespace skerry::cli
