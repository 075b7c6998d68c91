#pragma once

#include <filesystem>
#include <optional>
#include <string>

/// The user's own additions to what skerry tells Compose. The file lies in the project's folder, where the
/// agent can write, and what it says can make its containers masters of the machine. So it counts only as a
/// person at this machine has seen and approved it, byte for byte.
namespace skerry::runtime::docker {

/// <project's folder>/compose.override.yaml
std::filesystem::path override_file(const std::filesystem::path& folder);

/// Its text; nothing when there is none. Throws Error forbidden when it is not as it was approved.
std::optional<std::string> approved_override(const std::filesystem::path& folder,
                                             const std::filesystem::path& state);

/// Approves it as it is now, and returns its text. Throws Error not_found when there is none.
std::string approve_override(const std::filesystem::path& folder, const std::filesystem::path& state);

} // namespace skerry::runtime::docker
