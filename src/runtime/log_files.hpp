#pragma once

#include "util/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace skerry::runtime {

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
Descriptor open_for_append(const std::filesystem::path& path);

/// The current file and the older one that continues into it, as they were at one moment.
struct LogFiles {
    std::optional<LogFile> older;
    std::optional<LogFile> current;
};
LogFiles open_for_reading(const std::filesystem::path& path);

/// Begins a new file when the current one has `largest` bytes or more.
void rotate(const std::filesystem::path& path, std::uintmax_t largest);

/// Reads up to `most` bytes from byte `from` of the file itself.
std::string read_at(const Descriptor& file, std::uint64_t from, std::size_t most);

} // namespace skerry::runtime
