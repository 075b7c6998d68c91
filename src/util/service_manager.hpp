#pragma once

#include <chrono>
#include <optional>
#include <string_view>

/// What systemd is told, when it has started this process and asked to be told (Type=notify). The protocol is
/// one datagram; its library would be needed for nothing else.
namespace skerry::service_manager {

/// "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=...". Does nothing where nobody listens. Never throws.
void tell(std::string_view state) noexcept;

/// How often it wants to hear "WATCHDOG=1": half of what it waits for; nothing when it does not.
std::optional<std::chrono::milliseconds> watchdog_interval();

} // namespace skerry::service_manager
