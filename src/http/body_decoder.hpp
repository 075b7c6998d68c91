#pragma once

#include <cstddef>
#include <string>

namespace skerry::http {

/// Takes a body out of what a connection has received: a known number of bytes, chunks, or all that comes.
class BodyDecoder {
public:
    static BodyDecoder of_length(std::size_t length) noexcept { return {State::plain, length}; }
    static BodyDecoder of_chunks() noexcept { return {State::chunk_length, 0}; }
    static BodyDecoder of_the_rest() noexcept { return {State::rest, 0}; }

    enum class Step { piece, hungry, ended, broken };
    /// Moves bytes from the front of `input` to `piece`, whose old content is lost; hungry when there are
    /// none to be moved. What follows the body stays in `input`.
    Step take(std::string& input, std::string& piece);

    /// What has been announced and not been taken, of the chunk where there are chunks.
    [[nodiscard]] std::size_t left() const noexcept { return left_; }
    [[nodiscard]] bool ended() const noexcept { return state_ == State::end; }
    /// Whether it goes on until the connection ends.
    [[nodiscard]] bool is_endless() const noexcept { return state_ == State::rest; }

private:
    enum class State { plain, chunk_length, chunk, chunk_end, trailers, rest, end, broken };
    BodyDecoder(State state, std::size_t left) noexcept : state_(state), left_(left)
    {
        if (state == State::plain && left == 0) state_ = State::end;
    }
    Step take_bytes(std::string& input, std::string& piece);
    bool take_line(std::string& input);
    void understand(const std::string& line) noexcept;

    State state_;
    std::size_t left_;
    int trailers_ = 0;
};

} // namespace skerry::http
