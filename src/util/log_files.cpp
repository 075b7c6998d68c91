#include "util/log_files.hpp"

#include <charconv>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry {
namespace {

namespace fs = std::filesystem;

constexpr int most_tries = 100; ///< at replacing a file that others keep replacing

fs::path older_of(const fs::path& path)
{
    return path.string() + ".1";
}

/// Whether `path` still names the file that was opened.
bool is_current(const Descriptor& file, const fs::path& path)
{
    struct stat opened {};
    struct stat named {};
    return ::fstat(file.get(), &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

Descriptor open_locked(const fs::path& path, int flags, int lock)
{
    for (int tries = 0; tries < most_tries; ++tries) {
        Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file.open()) return {};
        if (::flock(file.get(), lock) == 0 && is_current(file, path)) return file;
    }
    return {};
}

std::uint64_t size_of(const Descriptor& file)
{
    struct stat facts {};
    return ::fstat(file.get(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

bool begin_file(const fs::path& path, std::uint64_t base)
{
    const auto line = std::string(rotated_log_line) + std::to_string(base) + "\n";
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    return file.open() && ::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

LogFile facts_of(Descriptor file)
{
    const auto base = base_of_log(file);
    const auto size = size_of(file);
    return {std::move(file), base, size};
}

} // namespace

std::string read_bytes(const Descriptor& file, std::uint64_t from, std::size_t most)
{
    std::string text(most, '\0');
    std::size_t count = 0;
    while (count < most) {
        const auto got =
            ::pread(file.get(), text.data() + count, most - count, static_cast<off_t>(from + count));
        if (got <= 0) break;
        count += static_cast<std::size_t>(got);
    }
    text.resize(count);
    return text;
}

Descriptor open_log_to_append(const fs::path& path)
{
    return open_locked(path, O_RDWR | O_APPEND | O_CREAT, LOCK_SH);
}

bool lock_log_again(const Descriptor& file, const fs::path& path)
{
    return ::flock(file.get(), LOCK_SH) == 0 && is_current(file, path);
}

std::uint64_t base_of_log(const Descriptor& file)
{
    const auto head = read_bytes(file, 0, rotated_log_line.size() + 24);
    std::uint64_t base = 0;
    if (head.starts_with(rotated_log_line))
        std::from_chars(head.data() + rotated_log_line.size(), head.data() + head.size(), base);
    return base;
}

LogFiles open_log_files(const fs::path& path)
{
    LogFiles files;
    auto current = open_locked(path, O_RDONLY, LOCK_SH);
    Descriptor older(::open(older_of(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (current.open()) files.current = facts_of(std::move(current));
    if (older.open()) files.older = facts_of(std::move(older));
    if (files.older && files.current && files.older->end() != files.current->base) files.older.reset();
    if (files.current) ::flock(files.current->file.get(), LOCK_UN);
    return files;
}

void rotate_log(const fs::path& path, std::uintmax_t largest)
{
    const auto file = open_locked(path, O_RDONLY, LOCK_EX);
    if (!file.open() || size_of(file) < largest) return;
    const auto end = base_of_log(file) + size_of(file);
    // There is a file of that name at every moment: a writer that found none would begin one without a base.
    const fs::path next = path.string() + ".new";
    const fs::path link = path.string() + ".2";
    ::unlink(link.c_str());
    if (begin_file(next, end) && ::link(path.c_str(), link.c_str()) == 0 &&
        ::rename(link.c_str(), older_of(path).c_str()) == 0)
        ::rename(next.c_str(), path.c_str());
}

} // namespace skerry
