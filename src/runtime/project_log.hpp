#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::runtime {

/// A project's log: lines that begin with who wrote them, "[app] listening on 3000". Any number of processes
/// and threads may write and read it at once; each line is whole. At `largest` bytes the file becomes
/// "project.log.1", the only older one that is kept, and a new one begins.
class ProjectLog {
public:
    static constexpr std::uintmax_t default_largest = 8U << 20U;

    explicit ProjectLog(std::filesystem::path file, std::uintmax_t largest = default_largest)
        : file_(std::move(file)), largest_(largest)
    {
    }

    /// Writes `lines` as "[source] line". False when they could not be written (the disk is full): a log is
    /// not worth stopping for.
    bool append(std::string_view source,
                const std::vector<std::string>& lines) const; // NOLINT(modernize-use-nodiscard)
    /// What skerry itself did: "[host] text (time)".
    bool host(std::string_view text) const; // NOLINT(modernize-use-nodiscard)

private:
    std::filesystem::path file_;
    std::uintmax_t largest_;
};

/// Some lines of a log, with their "[source] ".
struct LogPart {
    std::vector<std::string> lines;
    std::uint64_t next = 0; ///< where to read on; counts from the first byte that was ever written
    bool truncated = false; ///< lines between the offset that was asked for and the first one here are gone
};

/// Which lines to read: of one source ("app", "host") or, when empty, all.
using Source = std::string_view;

/// Whole lines from byte `offset` on, about `most` bytes of them. Empty when there is nothing new: read on at
/// `next`.
LogPart read(const std::filesystem::path& file, std::uint64_t offset, Source source = {},
             std::size_t most = 1U << 20U);

/// The last `count` lines; `next` is the end of the log.
LogPart read_tail(const std::filesystem::path& file, std::size_t count, Source source = {});
std::vector<std::string> tail(const std::filesystem::path& file, std::size_t count, Source source = {});

} // namespace skerry::runtime
