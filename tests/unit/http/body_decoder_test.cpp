#include "http/body_decoder.hpp"

#include <doctest/doctest.h>
#include <string>

using skerry::http::BodyDecoder;

namespace {

struct Result {
    std::string body;
    BodyDecoder::Step last = BodyDecoder::Step::hungry;
    std::string rest;
};

/// What a decoder makes of `bytes` that come one by one, or all at once.
Result decode(BodyDecoder decoder, const std::string& bytes, std::size_t at_once)
{
    Result result;
    std::string piece;
    for (std::size_t used = 0; used < bytes.size(); used += at_once) {
        result.rest += bytes.substr(used, at_once);
        while ((result.last = decoder.take(result.rest, piece)) == BodyDecoder::Step::piece)
            result.body += piece;
    }
    return result;
}

} // namespace

TEST_CASE("a body is the same however its bytes are cut, and what follows it is left")
{
    const std::string chunks = "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\nGET /";
    for (const std::size_t at_once : {1U, 2U, 3U, 7U, 1000U}) {
        const auto chunked = decode(BodyDecoder::of_chunks(), chunks, at_once);
        CHECK(chunked.body == "abc0123456789");
        CHECK(chunked.last == BodyDecoder::Step::ended);
        CHECK(chunked.rest == "GET /");

        const auto plain = decode(BodyDecoder::of_length(5), "12345GET /", at_once);
        CHECK(plain.body == "12345");
        CHECK(plain.rest == "GET /");

        const auto rest = decode(BodyDecoder::of_the_rest(), "12345", at_once);
        CHECK(rest.body == "12345");
        CHECK(rest.last == BodyDecoder::Step::hungry);
    }
    CHECK(decode(BodyDecoder::of_length(0), "G", 1).last == BodyDecoder::Step::ended);
}

TEST_CASE("what is no chunk is broken, and so is a line or a trailer without end")
{
    for (const std::string bad : {"\r\n", "g\r\n", "-3\r\n", "+3\r\n", "0x3\r\n", " 3\r\n", "123456789\r\n",
                                  "3\r\nabcd\r\n", "3\r\nabc\n\n"})
        CHECK_MESSAGE(decode(BodyDecoder::of_chunks(), bad + std::string(2000, 'x'), 1).last ==
                          BodyDecoder::Step::broken,
                      bad);
    std::string trailers = "0\r\n";
    for (int number = 0; number < 200; ++number) trailers += "X: 1\r\n";
    CHECK(decode(BodyDecoder::of_chunks(), trailers, 10).last == BodyDecoder::Step::broken);
    CHECK(decode(BodyDecoder::of_chunks(), "3;" + std::string(2000, 'e'), 10).last ==
          BodyDecoder::Step::broken);
}

TEST_CASE("the longest line is taken wherever it is cut, and a longer one nowhere")
{
    const auto chunks_with = [](std::size_t extension) {
        return "1;" + std::string(extension, 'e') + "\r\na\r\n0\r\n\r\n";
    };
    for (const std::size_t at_once : {1U, 205U, 1025U, 1026U, 5000U}) { // 1025: between its CR and its LF
        CHECK(decode(BodyDecoder::of_chunks(), chunks_with(1022), at_once).last == BodyDecoder::Step::ended);
        CHECK(decode(BodyDecoder::of_chunks(), chunks_with(1023), at_once).last == BodyDecoder::Step::broken);
    }
}
