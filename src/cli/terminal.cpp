#include "cli/terminal.hpp"

#include "util/error.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace skerry::cli {
namespace {

std::string_view environment(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets any
    return value == nullptr ? "" : value;
}

bool wants_colour(std::string_view choice, bool terminal)
{
    if (choice != "auto") return choice == "always";
    return terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
}

bool is_utf8_locale()
{
    for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (const auto value = environment(name); !value.empty())
            return value.find("UTF-8") != std::string_view::npos ||
                   value.find("utf8") != std::string_view::npos;
    return false;
}

void wait_until_writable(int descriptor) noexcept
{
    pollfd file{descriptor, POLLOUT, 0};
    ::poll(&file, 1, -1);
}

std::string_view code_of(Paint paint) noexcept
{
    switch (paint) {
    case Paint::plain: return "";
    case Paint::strong: return "\033[1m";
    case Paint::faint: return "\033[2m";
    case Paint::good: return "\033[32m";
    case Paint::warning: return "\033[33m";
    case Paint::bad: return "\033[31m";
    case Paint::accent: return "\033[36m";
    }
    return "";
}

} // namespace

Stream::Stream(int descriptor, std::string_view colour)
    : descriptor_(descriptor), terminal_(::isatty(descriptor) != 0), colour_(wants_colour(colour, terminal_)),
      symbols_(is_utf8_locale())
{
}

std::size_t Stream::width() const noexcept
{
    if (!terminal_) return std::numeric_limits<std::size_t>::max();
    winsize size{};
    constexpr std::size_t usual = 80;
    return ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

std::size_t Stream::height() const noexcept
{
    if (!terminal_) return std::numeric_limits<std::size_t>::max();
    winsize size{};
    constexpr std::size_t usual = 24;
    return ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : usual;
}

bool Stream::has_reader() const noexcept
{
    pollfd file{descriptor_, 0, 0}; // errors are told unasked
    return ::poll(&file, 1, 0) == 0;
}

void Stream::write(std::string_view text)
{
    while (!text.empty()) {
        const auto written = ::write(descriptor_, text.data(), text.size());
        if (written >= 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno == EPIPE)
            throw BrokenPipe{};
        else if (errno == EAGAIN) // whoever shares the pipe with us does not want to block; we do
            wait_until_writable(descriptor_);
        else if (errno != EINTR)
            throw system_error(errno, "cannot write the output");
    }
}

std::string Stream::paint(Paint paint, std::string_view text) const
{
    if (!colour_ || paint == Paint::plain || text.empty()) return std::string(text);
    return std::string(code_of(paint)) + std::string(text) + "\033[0m";
}

Terminal::Terminal(const Look& look)
    : out(STDOUT_FILENO, look.colour), notes(STDERR_FILENO, look.colour), json(look.json), quiet(look.quiet)
{
}

bool Terminal::can_ask()
{
    return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0;
}

void Terminal::note(std::string_view line)
{
    if (json || quiet) return;
    before_note();
    notes.write(std::string(line) + "\n");
}

void Terminal::hint(std::string_view line)
{
    note(notes.paint(Paint::accent, "hint:") + " " + std::string(line));
}

std::string read_standard_input(std::size_t limit)
{
    std::string text;
    std::array<char, 65536> part{};
    for (;;) {
        const auto count = ::read(STDIN_FILENO, part.data(), part.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw system_error(errno, "cannot read standard input");
        if (count == 0) return text;
        text.append(part.data(), static_cast<std::size_t>(count));
        if (text.size() > limit)
            throw Error(Code::too_large,
                        "standard input holds more than " + std::to_string(limit) + " bytes");
    }
}

} // namespace skerry::cli
