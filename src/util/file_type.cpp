#include "util/file_type.hpp"

#include "util/text.hpp"

#include <array>

namespace skerry {
namespace {

using namespace std::string_view_literals;

struct Known {
    std::string_view beginning;
    std::string_view type;
};
constexpr std::array known{
    Known{"\x89PNG\r\n\x1a\n"sv, "image/png"},
    Known{"\xff\xd8\xff"sv, "image/jpeg"},
    Known{"GIF8"sv, "image/gif"},
    Known{"%PDF-"sv, "application/pdf"},
    Known{"PK\x03\x04"sv, "application/zip"},
    Known{"\x1f\x8b"sv, "application/gzip"},
    Known{"OggS"sv, "application/ogg"},
    Known{"ID3"sv, "audio/mpeg"},
    Known{"wOFF"sv, "font/woff"},
    Known{"wOF2"sv, "font/woff2"},
    Known{"\x7f"
          "ELF"sv,
          "application/x-executable"},
};

bool is_webp(std::string_view content)
{
    return content.starts_with("RIFF") && content.substr(0, 12).ends_with("WEBP");
}

} // namespace

std::string_view file_type(std::string_view content)
{
    for (const auto& one : known)
        if (content.starts_with(one.beginning)) return one.type;
    if (is_webp(content)) return "image/webp";
    if (content.size() > 12 && content.substr(4, 4) == "ftyp") return "video/mp4";
    if (!is_utf8(content) || content.find('\0') != std::string_view::npos) return "application/octet-stream";
    const auto text = trim(content);
    if (text.starts_with("<svg") ||
        (text.starts_with("<?xml") && text.find("<svg") != std::string_view::npos))
        return "image/svg+xml";
    constexpr std::size_t enough = 14;
    const auto begin = in_small_letters(text.substr(0, enough));
    return begin.starts_with("<!doctype html") || begin.starts_with("<html") ? "text/html" : "text/plain";
}

} // namespace skerry
