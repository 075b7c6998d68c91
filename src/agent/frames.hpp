#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::agent {

/// Cuts the bytes of an event stream (text/event-stream) into the data of its frames, wherever the bytes
/// were split on their way.
class Frames {
public:
    explicit Frames(std::size_t largest = 16U << 20U) : largest_(largest) {}

    /// The data of the frames that `bytes` complete. A frame above the limit is left out and counted.
    std::vector<std::string> take(std::string_view bytes);
    [[nodiscard]] std::size_t oversized() const noexcept { return oversized_; }

private:
    void add(std::string_view bytes);
    void end_line(std::vector<std::string>& frames);
    void end_frame(std::vector<std::string>& frames);

    std::size_t largest_;
    std::size_t oversized_ = 0;
    std::string line_;
    std::string data_;
    bool has_data_ = false;
    bool line_has_bytes_ = false; ///< also true when they were too many to keep
    bool too_large_ = false;
    bool after_return_ = false; ///< the last byte was a CR: an LF that follows belongs to it
};

} // namespace skerry::agent
