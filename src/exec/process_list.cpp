#include "exec/process_list.hpp"

#include "util/descriptor.hpp"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace skerry::exec {
namespace {

namespace fs = std::filesystem;

std::string read_proc(const fs::path& path)
{
    std::string text;
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string part(8192, '\0');
    while (file.open()) {
        const auto count = ::read(file.get(), part.data(), part.size());
        if (count <= 0) break;
        text.append(part, 0, static_cast<std::size_t>(count));
    }
    return text;
}

std::uint64_t word_at(std::string_view words, int index)
{
    for (; index > 0; --index) words.remove_prefix(std::min(words.find(' '), words.size() - 1) + 1);
    std::uint64_t number = 0;
    std::from_chars(words.data(), words.data() + words.size(), number);
    return number;
}

struct Entry {
    pid_t group = 0;
    std::uint64_t started = 0;
    bool dead = false; ///< waits to be reaped
};

/// From /proc/<pid>/stat: "17 (any (name)) S parent group ... started ...", see proc(5).
std::optional<Entry> entry_of(pid_t pid)
{
    constexpr int group = 2, started = 19;
    const auto text = read_proc("/proc/" + std::to_string(pid) + "/stat");
    const auto bracket = text.rfind(") ");
    if (bracket == std::string::npos || bracket + 2 >= text.size()) return std::nullopt;
    const auto words = std::string_view(text).substr(bracket + 2);
    return Entry{static_cast<pid_t>(word_at(words, group)), word_at(words, started),
                 words[0] == 'Z' || words[0] == 'X'};
}

std::vector<pid_t> all_pids()
{
    std::vector<pid_t> pids;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator("/proc", none)) {
        const auto name = entry.path().filename().string();
        pid_t pid = 0;
        const auto* const end = name.data() + name.size();
        if (std::from_chars(name.data(), end, pid).ptr == end && pid > 0) pids.push_back(pid);
    }
    return pids;
}

/// From /proc/<pid>/fdinfo/<number>: "flags:\t02100002", in octal.
bool closes_on_exec(const fs::path& descriptor)
{
    const auto info = descriptor.parent_path().parent_path() / "fdinfo" / descriptor.filename();
    const auto text = read_proc(info);
    constexpr std::string_view name = "flags:\t";
    const auto at = text.find(name);
    if (at == std::string::npos) return true; // it is closed by now
    unsigned flags = 0;
    std::from_chars(text.data() + at + name.size(), text.data() + text.size(), flags, 8);
    return (flags & static_cast<unsigned>(O_CLOEXEC)) != 0;
}

bool has_inherited(pid_t pid, const struct stat& file)
{
    std::error_code none;
    const fs::path folder = "/proc/" + std::to_string(pid) + "/fd";
    for (const auto& entry : fs::directory_iterator(folder, none)) {
        struct stat found {};
        if (::stat(entry.path().c_str(), &found) == 0 && found.st_ino == file.st_ino &&
            found.st_dev == file.st_dev && !closes_on_exec(entry.path()))
            return true;
    }
    return false;
}

} // namespace

std::optional<std::uint64_t> start_of(pid_t pid)
{
    const auto entry = entry_of(pid);
    return entry ? std::optional(entry->started) : std::nullopt;
}

std::vector<pid_t> members_of(pid_t group)
{
    std::vector<pid_t> members;
    for (const pid_t pid : all_pids())
        if (const auto entry = entry_of(pid); entry && entry->group == group && !entry->dead)
            members.push_back(pid);
    return members;
}

std::vector<pid_t> heirs_of(const fs::path& file)
{
    struct stat wanted {};
    std::vector<pid_t> heirs;
    if (::stat(file.c_str(), &wanted) != 0) return heirs;
    for (const pid_t pid : all_pids())
        if (has_inherited(pid, wanted)) heirs.push_back(pid);
    return heirs;
}

bool has_variable(pid_t pid, const std::string& name, const std::string& value)
{
    const auto all = std::string(1, '\0') + read_proc("/proc/" + std::to_string(pid) + "/environ");
    return all.find(std::string(1, '\0') + name + "=" + value + std::string(1, '\0')) != std::string::npos;
}

} // namespace skerry::exec
