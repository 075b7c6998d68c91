#include "cli/parting.hpp"

#include "cli/display.hpp"
#include "cli/report.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::cli {
namespace {

Error as_error(Code code, const std::string& message, const std::vector<Next>& next)
{
    std::vector<std::string> lines;
    for (const auto& one : next) lines.push_back(one.line);
    return {code, message, {.hint = join(lines, "; ")}};
}

} // namespace

void part(Terminal& terminal, Code code, const std::string& message, const std::vector<Next>& next)
{
    if (terminal.json) return report(as_error(code, message, next), nullptr, terminal.notes, true);
    auto& notes = terminal.notes;
    std::size_t widest = 0;
    for (const auto& one : next) widest = std::max(widest, display_width(one.line));
    auto text = message + "\n";
    for (const auto& [line, what] : next)
        text += "  " + notes.paint(Paint::strong, padded(line, widest)) + "  " +
                notes.paint(Paint::faint, what) + "\n";
    notes.write(text);
}

} // namespace skerry::cli
