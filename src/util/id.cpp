#include "util/id.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <sys/random.h>
#include <vector>

namespace skerry {
namespace {

std::vector<unsigned char> random_bytes(std::size_t count)
{
    std::vector<unsigned char> bytes(count);
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(count))
        throw system_error(errno, "cannot read random bytes");
    return bytes;
}

} // namespace

std::string random_hex(std::size_t bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : random_bytes(bytes)) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::string random_id()
{
    return random_hex(6);
}

std::string message_id()
{
    constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr std::uint64_t low_48_bits = 0xffff'ffff'ffffULL;
    // 4096 numbers for each millisecond, of which the agent uses the low 48 bits
    const auto number = (static_cast<std::uint64_t>(now()) * 0x1000U + 1U) & low_48_bits;
    std::array<char, 16> head{};
    std::snprintf(head.data(), head.size(), "%012llx", static_cast<unsigned long long>(number));
    std::string text = std::string("msg_") + head.data();
    for (const unsigned char byte : random_bytes(14)) text += letters[byte % letters.size()];
    return text;
}

} // namespace skerry
