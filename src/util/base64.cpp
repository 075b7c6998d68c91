#include "util/base64.hpp"

#include <openssl/evp.h>

namespace skerry {

std::string base64(std::string_view bytes)
{
    std::string letters((bytes.size() + 2) / 3 * 4 + 1, '\0'); // it ends with a NUL of its own
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    const int length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(letters.data()), from,
                                         static_cast<int>(bytes.size()));
    letters.resize(static_cast<std::size_t>(length));
    return letters;
}

std::optional<std::string> from_base64(std::string_view letters)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto plain = letters.substr(0, letters.find('='));
    const auto padding = letters.substr(plain.size());
    if (letters.size() % 4 != 0 || padding.size() > 2 ||
        padding.find_first_not_of('=') != std::string_view::npos ||
        plain.find_first_not_of(alphabet) != std::string_view::npos)
        return std::nullopt;
    std::string bytes(letters.size() / 4 * 3, '\0');
    const auto* from = reinterpret_cast<const unsigned char*>(letters.data());
    const int length = ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), from,
                                         static_cast<int>(letters.size()));
    if (length < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(length) - padding.size()); // padding is decoded as zero bytes
    return bytes;
}

} // namespace skerry
