#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace skerry::cli {

/// What a piece of text means; what it looks like is decided in one place.
enum class Paint { plain, strong, faint, good, warning, bad, accent };

/// Thrown when nobody reads what we write any more (`| head`): the program ends without a word.
struct BrokenPipe {};

/// Standard output or standard error: what it is connected to decides how things look there.
class Stream {
public:
    /// `colour` is "auto", "always" or "never"; auto asks NO_COLOR, TERM and whether it is a terminal.
    explicit Stream(int descriptor, std::string_view colour = "auto");

    [[nodiscard]] bool is_terminal() const noexcept { return terminal_; }
    /// In columns; without a bound when it is not a terminal.
    [[nodiscard]] std::size_t width() const noexcept;
    /// In lines; without a bound when it is not a terminal.
    [[nodiscard]] std::size_t height() const noexcept;
    /// Whether signs beyond ASCII can be shown.
    [[nodiscard]] bool shows_symbols() const noexcept { return symbols_; }

    /// False when nobody will read what is written next (a pipe whose other end is closed).
    [[nodiscard]] bool has_reader() const noexcept;

    /// Writes all of it at once. Throws BrokenPipe, and Error when the disk is full.
    void write(std::string_view text);
    [[nodiscard]] std::string paint(Paint paint, std::string_view text) const;

private:
    int descriptor_;
    bool terminal_;
    bool colour_;
    bool symbols_;
};

/// Where a command reads and writes: data to `out`, all else to `notes`.
class Terminal {
public:
    struct Look {
        bool json = false;
        bool quiet = false;
        std::string colour = "auto";
    };
    explicit Terminal(const Look& look);

    Stream out;
    Stream notes;
    const bool json;
    const bool quiet;
    std::function<void()> before_note = [] {}; ///< takes away what stands on the last line of `notes`

    /// Whether somebody sits there who can be asked.
    [[nodiscard]] static bool can_ask();
    void print(std::string_view line) { out.write(std::string(line) + "\n"); }
    /// For people: not shown with --json or --quiet.
    void note(std::string_view line);
    /// As note, with "hint: " before it.
    void hint(std::string_view line);
};

/// All of standard input. Throws Error bad_request above `limit` bytes.
std::string read_standard_input(std::size_t limit);

} // namespace skerry::cli
