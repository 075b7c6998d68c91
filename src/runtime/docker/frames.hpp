#pragma once

#include "runtime/docker/shapes.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace skerry::runtime::docker {

enum class Output { out, errors };

/// Takes apart what the engine sends of a container without a terminal: pieces of its two outputs, each
/// behind eight bytes that say which and how long. Holds at most one frame.
class FrameDecoder {
public:
    using Frame = std::function<void(Output, std::string_view)>;

    /// Hands on each frame that `bytes` completes. Throws Error unavailable for what is none.
    void take(std::string_view bytes, const Frame& frame);

private:
    std::string rest_;
};

/// One line that a container wrote.
struct OutputLine {
    Nanoseconds time = 0; ///< when the engine got its end
    Output output = Output::out;
    std::string text{}; ///< without the line break; a very long one is cut
};

/// Puts lines together: the engine sends a long one in pieces of 16 KiB, each with a time of its own. Only
/// the last is shorter or ends with a line break.
class LineAssembler {
public:
    using Line = std::function<void(OutputLine)>;

    /// A frame that was asked for with times: "2026-11-29T01:02:33.292108466Z text\n".
    void take(Output output, std::string_view frame, const Line& line);
    /// Hands on what has no line break, when nothing more will come.
    void finish(const Line& line);

private:
    std::string rest_[2];
    bool open_[2] = {false, false};
    Nanoseconds time_[2] = {0, 0};
};

} // namespace skerry::runtime::docker
