#include "assets/image_size.hpp"
#include "util/file_type.hpp"

#include <doctest/doctest.h>
#include <string>

namespace skerry::image_size_test {

using namespace std::string_literals;
using assets::image_size;

const auto png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\x02\x01\x08\6\0\0\0"s; // 300 x 513
const auto gif = "GIF89a\x2c\x01\x01\x02\0\0\0;"s;
const auto jpeg = "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
                  "\xff\xc4\0\4ab"
                  "\xff\xc0\0\x11\x08\x02\x01\x01\x2c\3\1\x22\0\2\x11\1\3\x11\1"s;
const auto webp = "RIFF\x1a\0\0\0WEBP"s;
const auto webp_lossy = webp + "VP8 \x0a\0\0\0\x30\1\0\x9d\1\x2a\x2c\x01\x01\x02"s;
const auto webp_lossless = webp + "VP8L\x0d\0\0\0\x2f\x2b\x01\x80\x00\0\0\0\0\0"s; // 300 x 513
const auto webp_extended = webp + "VP8X\x0a\0\0\0\0\0\0\0\x2b\x01\0\0\x02\0"s;

struct Picture {
    const char* type;
    const std::string& bytes;
};
const Picture pictures[] = {{"image/png", png},
                            {"image/gif", gif},
                            {"image/jpeg", jpeg},
                            {"image/webp", webp_lossy},
                            {"image/webp", webp_lossless},
                            {"image/webp", webp_extended}};

TEST_CASE("a picture tells its type and its size")
{
    for (const auto& picture : pictures) {
        CHECK(file_type(picture.bytes) == picture.type);
        const auto size = image_size(picture.bytes);
        REQUIRE_MESSAGE(size, picture.type);
        CHECK_MESSAGE(size->width == 300, picture.type);
        CHECK_MESSAGE(size->height == 513, picture.type);
    }
}

TEST_CASE("a picture that breaks off has its size or none, never another one")
{
    for (const auto& picture : pictures)
        for (std::size_t length = 0; length < picture.bytes.size(); ++length) {
            const auto size = image_size(std::string_view(picture.bytes).substr(0, length));
            if (!size) continue;
            CHECK_MESSAGE(size->width == 300, picture.type << " cut at " << length);
            CHECK_MESSAGE(size->height == 513, picture.type << " cut at " << length);
        }
}

TEST_CASE("a picture without size, and what is no picture, has none")
{
    CHECK_FALSE(image_size("GIF89a\0\0\0\0"s));
    CHECK_FALSE(image_size("text"));
    CHECK_FALSE(image_size(""));
    CHECK_FALSE(image_size(webp + "VP9 "s + std::string(20, '\1')));
    CHECK_FALSE(image_size("\xff\xd8\xff"s + std::string(1000, '\0')));
    CHECK_FALSE(image_size("\xff\xd8"s + std::string(10'000, '\xff')));
}

} // namespace skerry::image_size_test
