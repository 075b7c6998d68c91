#include "auth/proof.hpp"

#include "util/base64.hpp"
#include "util/digest.hpp"
#include "util/id.hpp"

namespace skerry::auth {
std::string random_proof()
{
    constexpr std::size_t bytes = 32;
    auto letters = base64(random_bytes(bytes));
    while (letters.ends_with('=')) letters.pop_back();
    for (auto& letter : letters) letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
    return letters;
}

std::string digest_of(std::string_view proof)
{
    return sha256_hex(proof);
}

} // namespace skerry::auth
