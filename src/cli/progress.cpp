#include "cli/progress.hpp"

#include "cli/display.hpp"

#include <array>
#include <string_view>

namespace skerry::cli {

Progress::Progress(Terminal& terminal)
    : terminal_(terminal), wanted_(terminal.notes.is_terminal() && !terminal.json && !terminal.quiet)
{
    terminal_.before_note = [this] { clear(); };
}

Progress::~Progress()
{
    terminal_.before_note = [] {};
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
    const auto age = monotonic_now() - since_;
    constexpr std::int64_t second = 1000;
    const auto time = age < second ? std::string() : "  " + for_people(age / second * second);
    const auto words = fit(what + time, notes.width() - 3);
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
