#include "runtime/docker/frames.hpp"

#include "util/error.hpp"
#include "util/log_text.hpp"

namespace skerry::runtime::docker {
namespace {

constexpr std::size_t head_size = 8;
constexpr std::size_t largest_frame = 1U << 20U; // the engine's own hold a piece and its time
constexpr std::size_t piece_size = 16U << 10U;   // at which the engine cuts long lines

std::size_t byte_at(std::string_view bytes, std::size_t at)
{
    return static_cast<unsigned char>(bytes[at]);
}

std::size_t length_in(std::string_view head)
{
    return byte_at(head, 4) << 24U | byte_at(head, 5) << 16U | byte_at(head, 6) << 8U | byte_at(head, 7);
}

} // namespace

void FrameDecoder::take(std::string_view bytes, const Frame& frame)
{
    rest_.append(bytes);
    std::size_t used = 0;
    for (;;) {
        const auto left = std::string_view(rest_).substr(used);
        if (left.size() < head_size) break;
        const auto length = length_in(left);
        if (byte_at(left, 0) > 2 || length > largest_frame)
            throw Error(Code::unavailable, "the Docker engine sends output that is not in frames");
        if (left.size() < head_size + length) break;
        frame(byte_at(left, 0) == 2 ? Output::errors : Output::out, left.substr(head_size, length));
        used += head_size + length;
    }
    rest_.erase(0, used);
}

void LineAssembler::take(Output output, std::string_view frame, const Line& line)
{
    const auto which = output == Output::errors ? 1 : 0;
    const auto space = frame.find(' ');
    if (const auto time = nanoseconds_in(std::string(frame.substr(0, space)));
        time && space != std::string_view::npos) {
        time_[which] = *time;
        frame.remove_prefix(space + 1);
    }
    const bool broken = frame.ends_with('\n');
    // A shorter piece without a line break is the last that a process has said: another one speaks next.
    const bool ends = broken || frame.size() < piece_size;
    if (broken) frame.remove_suffix(1);
    auto& rest = rest_[which];
    // Far more than the log keeps of a line, so that it is cut there, with its mark.
    if (rest.size() < 2 * longest_log_line) rest.append(frame.substr(0, 2 * longest_log_line));
    open_[which] = !ends;
    if (!ends) return;
    line({time_[which], output, std::move(rest)});
    rest.clear();
}

void LineAssembler::finish(const Line& line)
{
    for (const auto output : {Output::out, Output::errors}) {
        const auto which = output == Output::errors ? 1 : 0;
        if (!open_[which]) continue;
        open_[which] = false;
        line({time_[which], output, std::move(rest_[which])});
        rest_[which].clear();
    }
}

} // namespace skerry::runtime::docker
