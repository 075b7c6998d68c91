#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// What a file is, told by its bytes and never by its name.
namespace skerry::assets {

/// "image/png" ...; text/plain for what reads as text, application/octet-stream for the rest.
std::string_view type_of(std::string_view content);

struct ImageSize {
    std::int64_t width = 0;
    std::int64_t height = 0;
};
/// Of a PNG, a GIF, a JPEG or a WebP image; nothing for what is broken or something else.
std::optional<ImageSize> image_size(std::string_view content);

} // namespace skerry::assets
