#include "auth/password.hpp"

#include "auth/hash_threads.hpp"
#include "util/base64.hpp"
#include "util/error.hpp"
#include "util/id.hpp"
#include "util/text.hpp"

#include <bit>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <optional>

namespace skerry::auth {
namespace {

constexpr std::size_t salt_bytes = 16;
constexpr std::size_t key_bytes = 64;

/// A stored hash, taken apart.
struct Hash {
    ScryptCost cost;
    std::string salt;
    std::string key;
};

std::string text_of(const Hash& hash)
{
    return "scrypt$" + std::to_string(hash.cost.cost) + "$" + std::to_string(hash.cost.block_size) + "$" +
           std::to_string(hash.cost.lanes) + "$" + base64(hash.salt) + "$" + base64(hash.key);
}

/// What would cost more than that was not written here.
bool is_bearable(const ScryptCost& cost) noexcept
{
    constexpr std::uint64_t most_cost = 1U << 20U, largest_block = 32, most_lanes = 16;
    return std::has_single_bit(cost.cost) && cost.cost > 1 && cost.cost <= most_cost && cost.block_size > 0 &&
           cost.block_size <= largest_block && cost.lanes > 0 && cost.lanes <= most_lanes;
}

std::optional<Hash> parse(const std::string& text)
{
    const auto parts = split(text, '$');
    if (parts.size() != 6 || parts[0] != "scrypt") return std::nullopt;
    const auto number = [&](std::size_t place) {
        return static_cast<std::uint64_t>(number_in(parts[place]).value_or(0));
    };
    const auto salt = from_base64(parts[4]);
    const auto key = from_base64(parts[5]);
    const ScryptCost cost{.cost = number(1), .block_size = number(2), .lanes = number(3)};
    if (!salt || !key || key->empty() || !is_bearable(cost)) return std::nullopt;
    return Hash{cost, *salt, *key};
}

/// One for the whole process, since it is the machine that must not be taken over: two hashes at a time,
/// which take 64 MB, and about a second's worth of them waiting.
HashThreads& hash_threads()
{
    constexpr std::size_t at_once = 2, most_waiting = 16;
    static HashThreads one(at_once, most_waiting);
    return one;
}

std::string key_in_turn(std::string_view password, const Hash& hash, std::size_t bytes)
{
    return hash_threads().perform([&] { return scrypt(password, hash.salt, hash.cost, bytes); });
}

} // namespace

std::string scrypt(std::string_view password, std::string_view salt, const ScryptCost& cost,
                   std::size_t bytes)
{
    const auto memory = 128 * cost.block_size * (cost.cost + cost.lanes + 4) + 4096;
    std::string key(bytes, '\0');
    if (::EVP_PBE_scrypt(password.data(), password.size(),
                         reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), cost.cost,
                         cost.block_size, cost.lanes, memory, reinterpret_cast<unsigned char*>(key.data()),
                         key.size()) != 1)
        throw Error(Code::internal, "scrypt cannot be computed");
    return key;
}

std::string hash_password(std::string_view password, const ScryptCost& cost)
{
    Hash hash{.cost = cost, .salt = random_bytes(salt_bytes), .key = {}};
    hash.key = key_in_turn(password, hash, key_bytes);
    return text_of(hash);
}

bool password_matches(std::string_view password, const std::string& hash)
{
    const auto kept = parse(hash);
    if (!kept) return false;
    const auto key = key_in_turn(password, *kept, kept->key.size());
    return ::CRYPTO_memcmp(key.data(), kept->key.data(), key.size()) == 0;
}

const std::string& hash_of_nobody()
{
    static const auto hash =
        text_of({.cost = {}, .salt = std::string(salt_bytes, '\0'), .key = std::string(key_bytes, '\0')});
    return hash;
}

bool needs_rehash(const std::string& hash)
{
    const auto kept = parse(hash);
    constexpr ScryptCost usual;
    return !kept || kept->cost.cost < usual.cost || kept->cost.block_size < usual.block_size ||
           kept->cost.lanes < usual.lanes || kept->salt.size() < salt_bytes || kept->key.size() < key_bytes;
}

std::string random_password()
{
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789"; // 32: each is as likely
    constexpr std::size_t length = 24;
    std::string password;
    for (const char byte : random_bytes(length))
        password += letters[static_cast<unsigned char>(byte) % letters.size()];
    return password;
}

} // namespace skerry::auth
