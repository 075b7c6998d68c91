#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Passwords as they are kept: scrypt, with a salt of their own and the parameters in the text, so that these
/// can be raised.
namespace skerry::auth {

/// What one hash costs: 128 * cost * block_size bytes of memory, and a tenth of a second with these.
struct ScryptCost {
    std::uint64_t cost = 32'768; ///< N, a power of two
    std::uint64_t block_size = 8;
    std::uint64_t lanes = 1;
    bool operator==(const ScryptCost&) const = default;
};

constexpr std::size_t shortest_password = 8;
constexpr std::size_t longest_password = 1000; ///< bytes

/// "scrypt$32768$8$1$<salt>$<key>". Computed elsewhere (see HashThreads) and waited for. Throws Error
/// unavailable when too many wait.
std::string hash_password(std::string_view password, const ScryptCost& cost = {});

/// Whether `hash` is that of `password`; false also for a hash that cannot be read. Takes the same time
/// wherever they differ. Waits and throws as hash_password.
bool password_matches(std::string_view password, const std::string& hash);

/// A hash that no password has, of the usual cost: for names that nobody has.
const std::string& hash_of_nobody();

/// Whether it was made with less than is usual by now.
bool needs_rehash(const std::string& hash);

/// For a person who does not want to think of one: 24 letters and digits.
std::string random_password();

/// The key of RFC 7914. Throws Error internal when the library refuses the parameters.
std::string scrypt(std::string_view password, std::string_view salt, const ScryptCost& cost,
                   std::size_t bytes);

} // namespace skerry::auth
