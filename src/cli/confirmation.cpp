#include "cli/confirmation.hpp"

#include "cli/report.hpp"
#include "util/text.hpp"

#include <iostream>

namespace skerry::cli {

bool confirmed(Terminal& terminal, const std::string& question)
{
    if (!Terminal::can_ask()) {
        report(Error(Code::forbidden, "nobody can be asked here: " + question, {.hint = "say it with --yes"}),
               nullptr, terminal.notes, terminal.json);
        return false;
    }
    terminal.notes.write(terminal.notes.paint(Paint::warning, "?") + " " + question + " [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    const auto word = trim(answer);
    const bool yes = word == "y" || word == "Y" || word == "yes";
    if (!yes)
        report(Error(Code::forbidden, "not confirmed: nothing was done"), nullptr, terminal.notes,
               terminal.json);
    return yes;
}

} // namespace skerry::cli
