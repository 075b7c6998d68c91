#pragma once

#include "util/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace skerry {

/// How the first line of a file begins that continues an older one; then the offset of its first byte.
constexpr std::string_view rotated_log_line = "[host] log rotated after byte ";

/// The files of a log that is rotated. Offsets count from the first byte that was ever written; a file's
/// first line says how many bytes came before it. Whoever writes or looks holds a shared lock on the current
/// file, whoever replaces it the exclusive one, so that offsets are exact.
struct LogFile {
    Descriptor file;
    std::uint64_t base = 0; ///< the offset of its first byte
    std::uint64_t size = 0;
    [[nodiscard]] std::uint64_t end() const noexcept { return base + size; }
};

/// The current file, opened for appending and locked shared until it is closed; made when there is none. Not
/// open when that cannot be done.
Descriptor open_log_to_append(const std::filesystem::path& path);

/// Locks a file that was opened so and kept. False when it is the current one no more.
bool lock_log_again(const Descriptor& file, const std::filesystem::path& path);

/// The offset of the file's first byte.
std::uint64_t base_of_log(const Descriptor& file);

/// The current file and the older one that continues into it, as they were at one moment.
struct LogFiles {
    std::optional<LogFile> older;
    std::optional<LogFile> current;
};
LogFiles open_log_files(const std::filesystem::path& path);

/// Begins a new file when the current one has `largest` bytes or more.
void rotate_log(const std::filesystem::path& path, std::uintmax_t largest);

/// Reads up to `most` bytes from byte `from` of the file itself.
std::string read_bytes(const Descriptor& file, std::uint64_t from, std::size_t most);

} // namespace skerry
