#pragma once

#include "util/line_log.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::runtime {

/// What the log says for these lines of a source: "[app] listening on 3000\n".
std::string as_logged(std::string_view source, const std::vector<std::string>& lines);

/// A project's log: lines that begin with who wrote them, "[app] listening on 3000". Any number of processes
/// and threads may write and read it at once; each line is whole. How it is bounded: util/line_log.hpp.
class ProjectLog {
public:
    explicit ProjectLog(std::filesystem::path file, std::uintmax_t largest = LogWriter::default_largest)
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

/// Which lines to read: those of one source ("app", "host").
Wanted from_source(std::string_view source);

/// The last `count` lines of a source, with their "[source] ".
std::vector<std::string> tail(const std::filesystem::path& file, std::size_t count, std::string_view source);

} // namespace skerry::runtime
