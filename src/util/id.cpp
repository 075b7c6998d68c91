#include "util/id.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <sys/random.h>
#include <thread>

namespace skerry {
namespace {

/// A millisecond for one name alone, later than any that this process had before, also when the clock was
/// set back.
Time take_millisecond() noexcept
{
    static std::atomic<Time> last = 0;
    Time before = last.load();
    Time mine = 0;
    do mine = std::max(now(), before + 1);
    while (!last.compare_exchange_weak(before, mine));
    return mine;
}

/// What is named afterwards, by another process or by the agent, is then named in a later millisecond.
void wait_until_over(Time millisecond)
{
    constexpr std::int64_t patience = 100; // for a clock that was set back
    const auto begin = monotonic_now();
    while (now() <= millisecond && monotonic_now() - begin < patience)
        std::this_thread::sleep_for(std::chrono::microseconds(100));
}

} // namespace

std::string random_bytes(std::size_t count)
{
    std::string bytes(count, '\0');
    for (std::size_t done = 0; done < count;) {
        const auto part = ::getrandom(bytes.data() + done, count - done, 0);
        if (part < 0 && errno != EINTR) throw system_error(errno, "cannot read random bytes");
        done += static_cast<std::size_t>(std::max<ssize_t>(part, 0));
    }
    return bytes;
}

std::string random_hex(std::size_t bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char letter : random_bytes(bytes)) {
        const auto byte = static_cast<unsigned char>(letter);
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
    const auto millisecond = take_millisecond();
    const auto number = (static_cast<std::uint64_t>(millisecond) * 0x1000U + 1U) & low_48_bits;
    std::array<char, 16> head{};
    std::snprintf(head.data(), head.size(), "%012llx", static_cast<unsigned long long>(number));
    std::string text = std::string("msg_") + head.data();
    for (const char byte : random_bytes(14))
        text += letters[static_cast<unsigned char>(byte) % letters.size()];
    wait_until_over(millisecond);
    return text;
}

} // namespace skerry
