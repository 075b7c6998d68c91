#include "cli/help.hpp"

#include "cli/display.hpp"
#include "cli/lookup.hpp"
#include "cli/options.hpp"

#include <algorithm>

namespace skerry::cli {
namespace {

constexpr std::size_t widest_help = 100;

struct Line {
    std::string term;
    std::string text;
};

std::size_t columns(const Stream& stream)
{
    return std::min(stream.width(), widest_help);
}

/// Terms on the left, what they mean on the right, broken where the terminal ends.
std::string two_columns(const std::vector<Line>& lines, const Stream& stream)
{
    constexpr std::size_t most = 28;
    std::size_t left = 0;
    for (const auto& line : lines)
        if (line.term.size() <= most) left = std::max(left, line.term.size());
    const std::string indent(left + 4, ' ');
    const auto room = std::max<std::size_t>(columns(stream), indent.size() + 20) - indent.size();
    std::string text;
    for (const auto& line : lines) {
        const bool too_long = line.term.size() > left;
        text += "  " + stream.paint(Paint::strong, padded(line.term, left)) +
                (too_long ? "\n" + indent : "  ") + wrapped(line.text, room, indent) + "\n";
    }
    return text;
}

std::string section(std::string_view title, const std::string& body, const Stream& stream)
{
    return "\n" + stream.paint(Paint::accent, std::string(title) + ":") + "\n" + body;
}

std::string value_part(const api::Field& field)
{
    return field.kind == api::Kind::boolean ? "" : " " + placeholder(field);
}

Line line_of(const api::Field& field)
{
    if (field.rule.positional) return {spelled(field), std::string(field.help)};
    const auto letter =
        field.rule.letter == 0 ? std::string("    ") : std::string("-") + field.rule.letter + ", ";
    return {letter + spelled(field) + value_part(field), std::string(field.help)};
}

std::string lines_of(const OptionSet& set, bool positional, const Stream& stream)
{
    std::vector<Line> lines;
    for (const auto& field : set.fields)
        if (field.rule.positional == positional && !field.rule.hidden) lines.push_back(line_of(field));
    return lines.empty() ? ""
                         : section(positional ? "Arguments" : set.title, two_columns(lines, stream), stream);
}

std::string examples_of(const Command& command, const Stream& stream)
{
    if (command.examples.empty()) return {};
    std::string body;
    for (const auto& [line, what] : command.examples) {
        body += "  " + std::string(line) + "\n";
        if (!what.empty()) body += "      " + stream.paint(Paint::faint, what) + "\n";
    }
    return section("Examples", body, stream);
}

std::string global_options(const Stream& stream)
{
    return lines_of({"Global options", api::fields_of<Globals>()}, false, stream);
}

std::string paragraphs(std::string_view text, const Stream& stream)
{
    std::string result = "\n";
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find("\n\n", at), text.size());
        std::string paragraph(text.substr(at, end - at));
        std::replace(paragraph.begin(), paragraph.end(), '\n', ' ');
        result += wrapped(paragraph, columns(stream), "") + "\n";
        if (end + 2 < text.size()) result += "\n";
        at = end + 2;
    }
    return result;
}

} // namespace

std::string help(const Stream& stream)
{
    std::string text =
        "skerry runs AI coding agents on projects, each with an app of its own in its own sandbox.\n\n" +
        stream.paint(Paint::accent, "Usage:") + " skerry COMMAND [options]\n";
    std::vector<Line> groups;
    for (const auto& noun : nouns())
        if (noun.name.find(' ') == std::string_view::npos)
            groups.push_back({std::string(noun.name), std::string(noun.summary)});
    text += section("Commands", two_columns(groups, stream), stream);
    std::vector<Line> others;
    for (const auto& command : commands())
        if (command.verb.empty() && !command.hidden)
            others.push_back({std::string(command.noun), std::string(command.summary)});
    text += section("Other commands", two_columns(others, stream), stream) + global_options(stream);
    text += section(
        "Start here",
        "  skerry projects create \"Put the words 'hello from skerry' on the page\" --name hello --follow\n"
        "  skerry projects --help      skerry help projects create      man skerry\n",
        stream);
    return text;
}

std::string help(std::string_view noun, const Stream& stream)
{
    std::string text;
    for (const auto& known : nouns())
        if (known.name == noun) text = std::string(known.summary) + "\n";
    text += "\n" + stream.paint(Paint::accent, "Usage:") + " skerry " + std::string(noun) +
            " COMMAND [options]\n";
    std::vector<Line> lines;
    for (const auto* command : commands_of(noun))
        lines.push_back({std::string(command->verb), std::string(command->summary)});
    for (const auto* inner : nouns_within(noun))
        lines.push_back({std::string(inner->name.substr(noun.size() + 1)), std::string(inner->summary)});
    text += section("Commands", two_columns(lines, stream), stream) + global_options(stream);
    return text + "\n'skerry " + std::string(noun) + " COMMAND --help' says more about each.\n";
}

std::string help(const Command& command, const Stream& stream)
{
    std::string text = std::string(command.summary) + "\n\n" + stream.paint(Paint::accent, "Usage:") + " " +
                       usage(command) + "\n";
    if (!command.details.empty()) text += paragraphs(command.details, stream);
    const auto sets = option_sets(command);
    for (const auto& set : sets) text += lines_of(set, true, stream);
    for (const auto& set : sets) text += lines_of(set, false, stream);
    return text + examples_of(command, stream);
}

} // namespace skerry::cli
