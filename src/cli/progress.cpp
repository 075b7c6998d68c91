#include "cli/progress.hpp"

#include "cli/display.hpp"

#include <array>
#include <string_view>

namespace skerry::cli {

Progress::Progress(Terminal& terminal)
    : terminal_(terminal), wanted_(terminal.notes.is_terminal() && !terminal.json && !terminal.quiet)
{
}

Progress::~Progress()
{
    try {
        clear();
    } catch (...) { // a terminal that is gone shows no progress either
        shown_ = false;
    }
}

void Progress::show(const std::string& what)
{
    constexpr std::array<std::string_view, 8> dots{"⣾", "⣽", "⣻", "⢿", "⡿", "⣟", "⣯", "⣷"};
    constexpr std::array<std::string_view, 4> bars{"|", "/", "-", "\\"};
    if (!wanted_) return;
    auto& notes = terminal_.notes;
    const auto sign = notes.shows_symbols() ? dots.at(frame_ % dots.size()) : bars.at(frame_ % bars.size());
    ++frame_;
    const auto words =
        fit(what + "  " + for_people((monotonic_now() - since_) / 1000 * 1000), notes.width() - 3);
    notes.write("\r\033[K" + notes.paint(Paint::accent, sign) + " " + notes.paint(Paint::faint, words));
    shown_ = true;
}

void Progress::clear()
{
    if (!shown_) return;
    shown_ = false;
    terminal_.notes.write("\r\033[K");
}

} // namespace skerry::cli
