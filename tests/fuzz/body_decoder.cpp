#include "http/body_decoder.hpp"

#include "fuzz/property.hpp"

/// The bytes: how they are cut, a body and what follows it, and at the end how the body is framed. The
/// decoder gives the same however they are cut.
namespace skerry::fuzz {
namespace {

using http::BodyDecoder;

struct Result {
    std::string body;
    BodyDecoder::Step last = BodyDecoder::Step::hungry;
    std::string rest;
    bool operator==(const Result&) const = default;
};

Result decode(BodyDecoder decoder, Pieces pieces)
{
    Result result;
    std::string piece;
    result.last = decoder.take(result.rest, piece);
    while (!pieces.ended()) {
        result.rest += pieces.next();
        while ((result.last = decoder.take(result.rest, piece)) == BodyDecoder::Step::piece) {
            require(!piece.empty(), "a piece holds something");
            result.body += piece;
        }
    }
    require(decoder.ended() == (result.last == BodyDecoder::Step::ended), "the end is told in both ways");
    return result;
}

void check(FuzzedDataProvider given)
{
    const auto framing = given.ConsumeIntegralInRange(0, 3);
    const auto length = given.ConsumeIntegralInRange<std::size_t>(0, 300);
    const auto cuts = given.ConsumeRandomLengthString(16);
    const auto bytes = given.ConsumeRemainingBytesAsString();
    const auto decoder = framing == 0   ? BodyDecoder::of_length(length)
                         : framing == 1 ? BodyDecoder::of_the_rest()
                                        : BodyDecoder::of_chunks();

    const auto whole = decode(decoder, {bytes, {}});
    const auto cut = decode(decoder, {bytes, cuts});
    require(whole.body.size() + whole.rest.size() <= bytes.size(), "nothing is made up");
    require(bytes.ends_with(whole.rest) || whole.last == BodyDecoder::Step::broken,
            "what follows is left as it is");
    if (framing == 0) require(whole.body == bytes.substr(0, length), "a length is kept to");
    if (framing == 1) require(whole.body == bytes, "all that comes is the body");
    if (whole.last == BodyDecoder::Step::broken)
        require(cut.last == BodyDecoder::Step::broken && cut.body == whole.body,
                "what is broken is so in pieces");
    else
        require(cut == whole, "the body is the same however it is cut");
}

} // namespace
} // namespace skerry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    skerry::fuzz::check({data, size});
    return 0;
}
