#pragma once

#include "util/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A log of lines that any number of processes and threads write and read at once. At `largest` bytes its
/// file becomes "NAME.1", the only older one that is kept, and a new one begins. Offsets count from the first
/// byte that was ever written, so that they stay valid over that.
namespace skerry {

/// From the first byte of the first line to the byte behind the last one.
struct LogRange {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
};

/// Writes to a log and keeps it open. From one thread at a time.
class LogWriter {
public:
    static constexpr std::uintmax_t default_largest = 8U << 20U;

    explicit LogWriter(std::filesystem::path file, std::uintmax_t largest = default_largest)
        : path_(std::move(file)), largest_(largest)
    {
    }

    /// Writes whole lines, each with its line break, as one piece: where they stand. Nothing when they could
    /// not be written (the disk is full, the folder is not there). The file is 0600.
    std::optional<LogRange> append(std::string_view lines);

private:
    bool lock();

    std::filesystem::path path_;
    std::uintmax_t largest_;
    Descriptor file_;
    std::uint64_t base_ = 0; ///< the offset of the open file's first byte
    bool cut_ = false;       ///< its last line has no end
};

struct LogLine {
    std::uint64_t offset = 0; ///< of its first byte
    std::string text{};
};

/// Some lines of a log.
struct LogPart {
    std::vector<LogLine> lines{};
    std::uint64_t next = 0; ///< where to read on
    bool truncated = false; ///< lines between the offset that was asked for and the first one here are gone
};

/// Which lines to read; empty: all.
using Wanted = std::function<bool(std::string_view)>;

/// Whole lines from byte `offset` on, about `most` bytes of them. Empty when there is nothing new: read on at
/// `next`.
LogPart read_log(const std::filesystem::path& file, std::uint64_t offset, const Wanted& wanted = {},
                 std::size_t most = 1U << 20U);

/// The last `count` lines; `next` is the end of the log.
LogPart read_log_tail(const std::filesystem::path& file, std::size_t count, const Wanted& wanted = {});

/// The offset behind its last byte: where the next line will begin.
std::uint64_t log_end(const std::filesystem::path& file);

/// Whether the line tells of a new file and not of what is logged.
bool is_rotation(std::string_view line) noexcept;

} // namespace skerry
