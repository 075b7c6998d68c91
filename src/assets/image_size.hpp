#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skerry::assets {

struct ImageSize {
    std::int64_t width = 0;
    std::int64_t height = 0;
};
/// Of a PNG, a GIF, a JPEG or a WebP image; nothing for what is broken or something else.
std::optional<ImageSize> image_size(std::string_view content);

} // namespace skerry::assets
