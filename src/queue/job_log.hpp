#pragma once

#include "app/paths.hpp"
#include "queue/job.hpp"
#include "util/line_log.hpp"

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The log of a job: data/jobs/<id>.log, lines that begin with their time. Bounded and read as
/// util/line_log.hpp says; it goes with the job when that is pruned.
namespace skerry::queue {

/// What one attempt writes to the log of its job. The file is made at the first line and stays open. From any
/// thread.
class JobLog {
public:
    explicit JobLog(std::filesystem::path file, std::uintmax_t largest = LogWriter::default_largest)
        : file_(std::move(file)), writer_(file_, largest)
    {
    }

    /// Adds one line with the time. A line that cannot be written (the disk is full) is counted, and the next
    /// one that can be is preceded by how many are missing: a log is not worth failing a job for. Throws
    /// Error when its folder cannot be made.
    void append(std::string_view line);
    /// Adds lines in one piece.
    void append(std::span<const std::string> lines);

    /// From the first to the last line of this attempt; nothing when it wrote none.
    [[nodiscard]] std::optional<LogRange> written() const;

private:
    void write(std::string_view text, std::size_t count);

    std::filesystem::path file_;
    mutable std::mutex mutex_;
    LogWriter writer_;
    std::optional<LogRange> written_;
    std::size_t missing_ = 0;
};

/// Adds one line outside of any attempt.
void append_to_job_log(const Paths& paths, JobId job, std::string_view line);

/// A line of a job's log taken apart; time and source are empty where there is none.
struct JobLine {
    std::string_view time{};
    std::string_view source{}; ///< "out", "err" or "log": which way a command wrote it
    std::string_view text{};
};
JobLine parts_of_job_line(std::string_view line) noexcept;

} // namespace skerry::queue
