#include "agent/frames.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using Texts = std::vector<std::string>;

namespace {

Texts frames_of(std::string_view bytes, std::size_t piece, std::size_t largest = 1000)
{
    agent::Frames frames(largest);
    Texts all;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        for (auto& data : frames.take(bytes.substr(at, piece))) all.push_back(std::move(data));
    }
    return all;
}

} // namespace

TEST_CASE("frames end with an empty line, whatever ends the lines and wherever they are split")
{
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        const auto bytes = ": hello" + end + "id: 1" + end + "data: one" + end + end + "data:two" + end +
                           "event: x" + end + "data:  lines" + end + end + end + "data: never ended" + end;
        for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
            CHECK(frames_of(bytes, piece) == Texts{"one", "two\n lines"});
        }
    }
}

TEST_CASE("a frame of several empty data lines keeps them")
{
    CHECK(frames_of("data:\ndata:\n\n", 100) == Texts{"\n"});
    CHECK(frames_of("\n\n\nid: 7\n\n", 100).empty());
}

TEST_CASE("a frame above the limit is left out and the next one is heard")
{
    agent::Frames frames(20);
    CHECK(frames.take("data: " + std::string(1000, 'x')).empty());
    CHECK(frames.take(std::string(1000, 'x') + "\n").empty());
    CHECK(frames.take("data: small\n\ndata: next\n\n") == Texts{"next"});
    CHECK(frames.oversized() == 1);

    const std::string many = "data: 0123456\ndata: 0123456\ndata: 0123456\n\ndata: next\n\n";
    CHECK(frames_of(many, 3, 20) == Texts{"next"});
}
