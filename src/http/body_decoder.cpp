#include "http/body_decoder.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace skerry::http {
namespace {

constexpr std::size_t longest_line = 1024; // of a chunk's length or a trailer
constexpr int most_trailers = 100;

/// The number at the start of a chunk; what follows ';' is for nobody.
std::optional<std::size_t> chunk_length(std::string_view line) noexcept
{
    line = line.substr(0, line.find(';'));
    std::size_t length = 0;
    const auto* const end = line.data() + line.size();
    const auto result = std::from_chars(line.data(), end, length, 16);
    if (line.empty() || line.size() > 8 || result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return length;
}

} // namespace

BodyDecoder::Step BodyDecoder::take(std::string& input, std::string& piece)
{
    for (;;) {
        switch (state_) {
        case State::end: return Step::ended;
        case State::broken: return Step::broken;
        case State::plain:
        case State::chunk:
        case State::rest: return take_bytes(input, piece);
        case State::chunk_length:
        case State::chunk_end:
        case State::trailers:
            if (!take_line(input)) return state_ == State::broken ? Step::broken : Step::hungry;
        }
    }
}

BodyDecoder::Step BodyDecoder::take_bytes(std::string& input, std::string& piece)
{
    if (input.empty()) return Step::hungry;
    const auto count = state_ == State::rest ? input.size() : std::min(left_, input.size());
    piece.assign(input, 0, count);
    input.erase(0, count);
    if (state_ == State::rest) return Step::piece;
    left_ -= count;
    if (left_ == 0) state_ = state_ == State::chunk ? State::chunk_end : State::end;
    return Step::piece;
}

bool BodyDecoder::take_line(std::string& input)
{
    const auto end = input.find("\r\n");
    // Without its end a line may already have the first byte of that.
    if (end == std::string::npos ? input.size() > longest_line + 1 : end > longest_line)
        state_ = State::broken;
    if (end == std::string::npos || state_ == State::broken) return false;
    const auto line = input.substr(0, end);
    input.erase(0, end + 2);
    understand(line);
    return true;
}

void BodyDecoder::understand(const std::string& line) noexcept
{
    if (state_ == State::chunk_end) {
        state_ = line.empty() ? State::chunk_length : State::broken;
    } else if (state_ == State::trailers) {
        if (line.empty())
            state_ = State::end;
        else if (++trailers_ > most_trailers)
            state_ = State::broken;
    } else if (const auto length = chunk_length(line)) {
        left_ = *length;
        state_ = left_ == 0 ? State::trailers : State::chunk;
    } else {
        state_ = State::broken;
    }
}

} // namespace skerry::http
