#include "runtime/project_log.hpp"

#include "runtime/log_files.hpp"
#include "runtime/log_text.hpp"
#include "util/clock.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry::runtime {
namespace {

bool is_of(std::string_view line, Source source)
{
    return source.empty() || (line.size() > source.size() + 1 && line[0] == '[' &&
                              line[source.size() + 1] == ']' && line.substr(1, source.size()) == source);
}

void add_lines(std::vector<std::string>& lines, std::string_view text, Source source)
{
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        if (const auto line = text.substr(0, end); is_of(line, source)) lines.emplace_back(line);
        text.remove_prefix(end + 1);
    }
}

/// The whole lines among `most` bytes of `file` from `offset` on; an offset inside a line skips to the next
/// one.
std::uint64_t read_part(const LogFile& file, std::uint64_t offset, std::size_t most, Source source,
                        LogPart& part)
{
    const auto from = offset - file.base;
    const auto before = from > 0 ? 1U : 0U;
    const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(most, file.end() - offset));
    const auto text = read_at(file.file, from - before, left + before);
    const auto last = text.rfind('\n');
    if (last == std::string::npos || last < before) return offset;
    const auto first = before == 0 ? 0 : text.find('\n') + 1;
    if (first <= last) add_lines(part.lines, std::string_view(text).substr(first, last + 1 - first), source);
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

bool ProjectLog::append(std::string_view source, const std::vector<std::string>& lines) const
{
    std::string text;
    for (const auto& line : lines)
        text.append("[").append(source).append("] ").append(log_text(line)).append("\n");
    struct stat facts {};
    {
        const auto file = open_for_append(file_);
        // One write: O_APPEND keeps the lines of several processes apart.
        if (!file.open() ||
            ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            return false;
        if (::fstat(file.get(), &facts) != 0) return true;
    }
    if (static_cast<std::uintmax_t>(facts.st_size) >= largest_) rotate(file_, largest_);
    return true;
}

bool ProjectLog::host(std::string_view text) const
{
    return append("host", {std::string(text) + " (" + rfc3339(now()) + ")"});
}

LogPart read(const std::filesystem::path& file, std::uint64_t offset, Source source, std::size_t most)
{
    const auto files = open_for_reading(file);
    if (!files.current) return {{}, 0, offset > 0};
    LogPart part;
    part.next = begin_of(files, offset);
    part.truncated = part.next != offset;
    most = std::max(most, 2 * longest_log_line); // a whole line fits
    if (files.older && part.next < files.older->end()) {
        const auto begin = part.next;
        part.next = read_part(*files.older, begin, most, source, part);
        if (files.older->end() - begin <= most)
            part.next = files.older->end(); // also past a line cut by a full disk
        most -= std::min<std::size_t>(most, part.next - begin);
    }
    if (part.next >= files.current->base && most > longest_log_line)
        part.next = read_part(*files.current, part.next, most, source, part);
    return part;
}

LogPart read_tail(const std::filesystem::path& file, std::size_t count, Source source)
{
    const auto files = open_for_reading(file);
    LogPart part;
    if (!files.current) return part;
    const auto begin = files.older ? files.older->base : files.current->base;
    if (files.older) read_part(*files.older, begin, files.older->size, source, part);
    part.next = read_part(*files.current, files.current->base, files.current->size, source, part);
    const auto surplus = part.lines.size() - std::min(count, part.lines.size());
    part.lines.erase(part.lines.begin(), part.lines.begin() + static_cast<std::ptrdiff_t>(surplus));
    return part;
}

std::vector<std::string> tail(const std::filesystem::path& file, std::size_t count, Source source)
{
    return read_tail(file, count, source).lines;
}

} // namespace skerry::runtime
