#include "http/request_id.hpp"

#include "util/id.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>

namespace skerry::http {
namespace {

std::uint64_t random_number()
{
    std::uint64_t number = 0;
    std::memcpy(&number, random_bytes(sizeof number).data(), sizeof number);
    return number;
}

/// The step of the generator SplitMix64 that makes neighbours look unlike: one to one, so no number comes
/// twice.
std::uint64_t mixed(std::uint64_t number) noexcept
{
    number = (number ^ (number >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
    number = (number ^ (number >> 27U)) * 0x94d0'49bb'1331'11ebULL;
    return number ^ (number >> 31U);
}

} // namespace

std::string next_request_id()
{
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::uint64_t step = 0x9e37'79b9'7f4a'7c15ULL;
    static thread_local std::uint64_t place = random_number();
    place += step;
    std::string id(16, '0');
    auto rest = mixed(place);
    for (auto& letter : id) {
        letter = digits[rest & 15U];
        rest >>= 4U;
    }
    return id;
}

} // namespace skerry::http
