#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace skerry {

/// A text key that cannot be mixed up with the key of another thing: `Id<Project>` is not `Id<Session>`.
template <class Thing> struct Id {
    std::string value;

    Id() = default;
    explicit Id(std::string text) : value(std::move(text)) {}
    auto operator<=>(const Id&) const = default;
    [[nodiscard]] bool empty() const noexcept { return value.empty(); }
};

/// Twelve random hexadecimal digits: short enough to type a prefix of, as docker's are.
std::string random_id();

/// From the kernel's generator. Throws Error.
std::string random_bytes(std::size_t count);

/// `bytes` random bytes as hexadecimal digits. Throws Error.
std::string random_hex(std::size_t bytes);

/// A name that the agent takes for a message of its own making: "msg_", the time, random characters.
/// Later ones sort after earlier ones, which the agent relies on to tell a new prompt from an answered one:
/// those of other processes and the agent's own, too. For that it takes a millisecond.
std::string message_id();

} // namespace skerry

template <class Thing> struct std::hash<skerry::Id<Thing>> {
    std::size_t operator()(const skerry::Id<Thing>& id) const noexcept
    {
        return std::hash<std::string>{}(id.value);
    }
};
