#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace skerry {

constexpr std::size_t longest_log_line = 8192;   ///< bytes of text, for services
constexpr std::size_t longest_log_text = 16'000; ///< for whoever asks for more

/// One line of a program's output as the log keeps it: well-formed UTF-8 on one line, without colours and
/// other terminal controls (tabs stay), at most `longest` bytes; what is longer is cut, with an ellipsis.
std::string log_text(std::string_view line, std::size_t longest = longest_log_line);

/// Cuts a stream of bytes into lines. Holds no more than one line's worth of bytes, however long a line is.
class LineCutter {
public:
    using Line = std::function<void(std::string_view)>;

    /// Hands on each line that `bytes` completes.
    void take(std::string_view bytes, const Line& line);
    /// Hands on what is left when the stream has ended.
    void finish(const Line& line);

private:
    void keep(std::string_view part);
    std::string rest_;
};

} // namespace skerry
