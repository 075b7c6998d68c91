#pragma once

#include <string>
#include <string_view>

namespace skerry {

/// The 32 bytes of the SHA-256 of `bytes`. Throws Error internal.
std::string sha256(std::string_view bytes);
/// The same as 64 hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

} // namespace skerry
