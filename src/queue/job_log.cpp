#include "queue/job_log.hpp"

#include "util/clock.hpp"
#include "util/files.hpp"
#include "util/log_text.hpp"

#include <array>

namespace skerry::queue {
namespace {

std::string with_time(std::string_view line)
{
    return rfc3339(now()) + " " + log_text(line, longest_log_text) + "\n";
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
    if (!has_time) return {.text = line};
    JobLine parts{.time = line.substr(0, width), .text = line.substr(width + 1)};
    constexpr std::array<std::string_view, 3> sources{"[out] ", "[err] ", "[log] "};
    for (const auto source : sources)
        if (parts.text.starts_with(source)) {
            parts.source = source.substr(1, 3);
            parts.text.remove_prefix(source.size());
            break;
        }
    return parts;
}

} // namespace skerry::queue
