#pragma once

#include <string>
#include <string_view>

/// Random words that prove something to whom they are shown, and are kept as a hash alone.
namespace skerry::auth {

/// 32 random bytes in 43 letters that may stand in an address (base64url).
std::string random_proof();
/// Its SHA-256, in 64 hexadecimal digits.
std::string digest_of(std::string_view proof);

} // namespace skerry::auth
