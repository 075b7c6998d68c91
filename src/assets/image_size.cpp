#include "assets/image_size.hpp"

#include "util/file_type.hpp"

namespace skerry::assets {
namespace {

/// `count` bytes from `at` as a number; 0 when not all of them are there.
std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t count)
{
    if (at + count > bytes.size()) return 0;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 256 + static_cast<unsigned char>(bytes[at + i]);
    return value;
}

std::int64_t little_endian(std::string_view bytes, std::size_t at, std::size_t count)
{
    if (at + count > bytes.size()) return 0;
    std::int64_t value = 0;
    for (std::size_t i = count; i > 0; --i)
        value = value * 256 + static_cast<unsigned char>(bytes[at + i - 1]);
    return value;
}

/// Goes from segment to segment until the one that says how large the picture is.
ImageSize jpeg_size(std::string_view bytes)
{
    std::size_t at = 2;
    while (at + 9 < bytes.size() && bytes[at] == '\xff') {
        const auto marker = static_cast<unsigned char>(bytes[at + 1]);
        const bool is_frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (is_frame) return {.width = big_endian(bytes, at + 7, 2), .height = big_endian(bytes, at + 5, 2)};
        at += 2 + static_cast<std::size_t>(big_endian(bytes, at + 2, 2));
    }
    return {};
}

ImageSize webp_size(std::string_view bytes)
{
    constexpr std::size_t shortest = 30;
    if (bytes.size() < shortest) return {};
    const auto kind = bytes.substr(12, 4);
    constexpr std::int64_t fourteen_bits = 0x3FFF;
    if (kind == "VP8X")
        return {.width = little_endian(bytes, 24, 3) + 1, .height = little_endian(bytes, 27, 3) + 1};
    if (kind == "VP8 ")
        return {.width = little_endian(bytes, 26, 2) & fourteen_bits,
                .height = little_endian(bytes, 28, 2) & fourteen_bits};
    if (kind != "VP8L") return {};
    const auto bits = little_endian(bytes, 21, 4);
    return {.width = (bits & fourteen_bits) + 1, .height = (bits / 0x4000 & fourteen_bits) + 1};
}

ImageSize size_in(std::string_view content, std::string_view type)
{
    if (type == "image/png")
        return {.width = big_endian(content, 16, 4), .height = big_endian(content, 20, 4)};
    if (type == "image/gif")
        return {.width = little_endian(content, 6, 2), .height = little_endian(content, 8, 2)};
    if (type == "image/jpeg") return jpeg_size(content);
    if (type == "image/webp") return webp_size(content);
    return {};
}

} // namespace

std::optional<ImageSize> image_size(std::string_view content)
{
    const auto size = size_in(content, file_type(content));
    return size.width > 0 && size.height > 0 ? std::optional(size) : std::nullopt;
}

} // namespace skerry::assets
