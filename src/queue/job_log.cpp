#include "queue/job_log.hpp"

#include "util/clock.hpp"
#include "util/files.hpp"
#include "util/log_text.hpp"

#include <system_error>

namespace skerry::queue {
namespace {

std::string with_time(std::string_view line)
{
    return rfc3339(now()) + " " + log_text(line) + "\n";
}

} // namespace

void JobLog::write(std::string_view text, std::size_t count)
{
    const std::scoped_lock lock(mutex_);
    if (!written_ && missing_ == 0) make_private_folder(file_.parent_path());
    std::string whole(text);
    if (missing_ != 0)
        whole.insert(
            0, with_time(std::to_string(missing_) + " lines could not be written and are missing here"));
    const auto range = writer_.append(whole);
    if (!range) {
        missing_ += count;
        return;
    }
    missing_ = 0;
    written_ = LogRange{written_ ? written_->from : range->from, range->to};
}

void JobLog::append(std::string_view line)
{
    write(with_time(line), 1);
}

void JobLog::append(std::span<const std::string> lines)
{
    std::string text;
    for (const auto& line : lines) text += with_time(line);
    if (!text.empty()) write(text, lines.size());
}

std::optional<LogRange> JobLog::written() const
{
    const std::scoped_lock lock(mutex_);
    return written_;
}

void append_to_job_log(const Paths& paths, JobId job, std::string_view line)
{
    JobLog(paths.job_log(job)).append(line);
}

JobLine parts_of_job_line(std::string_view line) noexcept
{
    constexpr std::size_t width = std::string_view("2026-11-22T18:40:24.123Z").size();
    const bool has_time =
        line.size() > width && line[10] == 'T' && line[width - 1] == 'Z' && line[width] == ' ';
    if (!has_time) return {{}, line};
    return {line.substr(0, width), line.substr(width + 1)};
}

void remove_job_log(const std::filesystem::path& file) noexcept
{
    std::error_code none;
    std::filesystem::remove(file, none);
    std::filesystem::remove(file.string() + ".1", none);
}

} // namespace skerry::queue
