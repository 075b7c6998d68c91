#include "util/digest.hpp"

#include "util/error.hpp"

#include <memory>
#include <openssl/evp.h>

namespace skerry {
namespace {

/// Looked up once: the library would do so, under a lock, at each use, and there are some with every request.
const EVP_MD* sha256_algorithm()
{
    static const std::unique_ptr<EVP_MD, decltype(&::EVP_MD_free)> found(
        ::EVP_MD_fetch(nullptr, "SHA256", nullptr), ::EVP_MD_free);
    return found.get();
}

} // namespace

std::string sha256(std::string_view bytes)
{
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (::EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                     sha256_algorithm(), nullptr) != 1)
        throw Error(Code::internal, "cannot make a digest");
    digest.resize(size);
    return digest;
}

std::string sha256_hex(std::string_view bytes)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char byte : sha256(bytes)) {
        const auto code = static_cast<unsigned char>(byte);
        text += digits[code >> 4U];
        text += digits[code & 15U];
    }
    return text;
}

} // namespace skerry
