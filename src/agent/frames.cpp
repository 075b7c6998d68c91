#include "agent/frames.hpp"

namespace skerry::agent {

std::vector<std::string> Frames::take(std::string_view bytes)
{
    std::vector<std::string> frames;
    while (!bytes.empty()) {
        if (after_return_ && bytes.front() == '\n') bytes.remove_prefix(1);
        after_return_ = false;
        const auto end = bytes.find_first_of("\r\n");
        add(bytes.substr(0, end));
        if (end == std::string_view::npos) break;
        after_return_ = bytes[end] == '\r';
        end_line(frames);
        bytes.remove_prefix(end + 1);
    }
    return frames;
}

void Frames::add(std::string_view bytes)
{
    if (bytes.empty()) return;
    line_has_bytes_ = true;
    too_large_ = too_large_ || line_.size() + data_.size() + bytes.size() > largest_;
    if (!too_large_) line_ += bytes;
}

void Frames::end_line(std::vector<std::string>& frames)
{
    constexpr std::string_view field = "data:";
    if (!line_has_bytes_) return end_frame(frames);
    if (!too_large_ && line_.starts_with(field)) {
        std::string_view value = std::string_view(line_).substr(field.size());
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (has_data_) data_ += '\n';
        data_ += value;
        has_data_ = true;
    }
    line_.clear();
    line_has_bytes_ = false;
}

void Frames::end_frame(std::vector<std::string>& frames)
{
    if (too_large_)
        ++oversized_;
    else if (has_data_)
        frames.push_back(std::move(data_));
    line_.clear();
    data_.clear();
    has_data_ = false;
    too_large_ = false;
}

} // namespace skerry::agent
