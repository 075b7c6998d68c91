#include "util/line_log.hpp"

#include "util/log_files.hpp"
#include "util/log_text.hpp"

#include <algorithm>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry {
namespace {

/// Adds the lines of `text`, which stands at `offset`.
void add_lines(std::vector<LogLine>& lines, std::string_view text, std::uint64_t offset, const Wanted& wanted)
{
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        if (const auto line = text.substr(0, end); !wanted || wanted(line))
            lines.push_back({offset, std::string(line)});
        text.remove_prefix(end + 1);
        offset += end + 1;
    }
}

/// The whole lines among `most` bytes of `file` from `offset` on; an offset inside a line skips to the next
/// one.
std::uint64_t read_part(const LogFile& file, std::uint64_t offset, std::size_t most, const Wanted& wanted,
                        LogPart& part)
{
    const auto from = offset - file.base;
    const auto before = from > 0 ? 1U : 0U;
    const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(most, file.end() - offset));
    const auto text = read_bytes(file.file, from - before, left + before);
    const auto last = text.rfind('\n');
    if (last == std::string::npos || last < before) return offset;
    const auto first = before == 0 ? 0 : text.find('\n') + 1;
    if (first <= last)
        add_lines(part.lines, std::string_view(text).substr(first, last + 1 - first), offset - before + first,
                  wanted);
    return offset + last + 1 - before;
}

/// Where to begin when `offset` is wanted: what is gone is skipped.
std::uint64_t begin_of(const LogFiles& files, std::uint64_t offset)
{
    const auto first = files.older ? files.older->base : files.current->base;
    if (offset > files.current->end()) return files.current->base; // somebody removed the log
    return std::max(offset, first);
}

} // namespace

bool LogWriter::lock()
{
    if (file_.open() && lock_log_again(file_, path_)) return true;
    file_ = open_log_to_append(path_);
    if (!file_.open()) return false;
    base_ = base_of_log(file_);
    cut_ = false;
    return true;
}

std::optional<LogRange> LogWriter::append(std::string_view lines)
{
    if (!lock()) return std::nullopt;
    const std::string text = (cut_ ? "\n" : "") + std::string(lines);
    // One write: O_APPEND keeps the lines of several processes apart.
    const auto written = ::write(file_.get(), text.data(), text.size());
    const auto end = static_cast<std::uint64_t>(::lseek(file_.get(), 0, SEEK_CUR));
    ::flock(file_.get(), LOCK_UN);
    if (written != static_cast<ssize_t>(text.size())) {
        cut_ = cut_ || written > 0;
        return std::nullopt;
    }
    cut_ = false;
    const LogRange range{base_ + end - lines.size(), base_ + end};
    if (end >= largest_) rotate_log(path_, largest_);
    return range;
}

LogPart read_log(const std::filesystem::path& file, std::uint64_t offset, const Wanted& wanted,
                 std::size_t most)
{
    const auto files = open_log_files(file);
    if (!files.current) return {{}, 0, offset > 0};
    LogPart part;
    part.next = begin_of(files, offset);
    part.truncated = part.next != offset;
    constexpr std::size_t longest_line = longest_log_text + 100; // with time or source
    most = std::max(most, 2 * longest_line);
    if (files.older && part.next < files.older->end()) {
        const auto begin = part.next;
        part.next = read_part(*files.older, begin, most, wanted, part);
        if (files.older->end() - begin <= most)
            part.next = files.older->end(); // also past a line cut by a full disk
        most -= std::min<std::size_t>(most, part.next - begin);
    }
    if (part.next >= files.current->base && most > longest_line)
        part.next = read_part(*files.current, part.next, most, wanted, part);
    return part;
}

LogPart read_log_tail(const std::filesystem::path& file, std::size_t count, const Wanted& wanted)
{
    const auto files = open_log_files(file);
    LogPart part;
    if (!files.current) return part;
    if (files.older) read_part(*files.older, files.older->base, files.older->size, wanted, part);
    part.next = read_part(*files.current, files.current->base, files.current->size, wanted, part);
    const auto surplus = part.lines.size() - std::min(count, part.lines.size());
    part.lines.erase(part.lines.begin(), part.lines.begin() + static_cast<std::ptrdiff_t>(surplus));
    return part;
}

std::uint64_t log_end(const std::filesystem::path& file)
{
    const auto files = open_log_files(file);
    return files.current ? files.current->end() : 0;
}

bool is_rotation(std::string_view line) noexcept
{
    return line.starts_with(rotated_log_line);
}

} // namespace skerry
