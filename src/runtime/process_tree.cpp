#include "runtime/process_tree.hpp"

#include "util/descriptor.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

namespace skerry::runtime {
namespace {

struct Process {
    pid_t pid = 0;
    pid_t parent = 0;
    std::uint64_t started = 0; ///< in clock ticks since boot
    bool dead = false;         ///< waits to be reaped
};

std::string read_short(const std::string& path)
{
    std::string text(1024, '\0');
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto count = file.open() ? ::read(file.get(), text.data(), text.size()) : 0;
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
}

/// The word at `index` of "S 17 23 ...", 0 when it is not a number.
std::uint64_t number_at(std::string_view words, int index)
{
    for (; index > 0; --index) {
        const auto blank = words.find(' ');
        if (blank == std::string_view::npos) return 0;
        words.remove_prefix(blank + 1);
    }
    std::uint64_t number = 0;
    std::from_chars(words.data(), words.data() + words.size(), number);
    return number;
}

/// From /proc/<pid>/stat: "17 (any (name)) S parent ... started ...", see proc(5).
std::optional<Process> process_of(std::string_view name)
{
    pid_t pid = 0;
    const auto* const end = name.data() + name.size();
    if (std::from_chars(name.data(), end, pid).ptr != end || pid <= 0) return std::nullopt;
    const auto text = read_short("/proc/" + std::string(name) + "/stat");
    const auto bracket = text.rfind(") ");
    if (bracket == std::string::npos) return std::nullopt;
    const auto words = std::string_view(text).substr(bracket + 2);
    return Process{pid, static_cast<pid_t>(number_at(words, 1)), number_at(words, 19),
                   words[0] == 'Z' || words[0] == 'X'};
}

/// Every process of this machine that is alive, the oldest first.
std::vector<Process> all_processes()
{
    std::vector<Process> processes;
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir("/proc"), ::closedir);
    while (const dirent* entry =
               listing ? ::readdir(listing.get()) : nullptr) // NOLINT(concurrency-mt-unsafe)
        if (const auto process = process_of(entry->d_name)) processes.push_back(*process);
    std::sort(processes.begin(), processes.end(), [](const Process& left, const Process& right) {
        return left.started != right.started ? left.started < right.started : left.pid < right.pid;
    });
    return processes;
}

} // namespace

std::vector<pid_t> descendants_of(pid_t root)
{
    const auto processes = all_processes();
    std::vector<pid_t> family{root};
    for (std::size_t index = 0; index < family.size(); ++index)
        for (const auto& process : processes)
            if (process.parent == family[index]) family.push_back(process.pid);
    const auto is_dead = [&](pid_t pid) {
        return std::any_of(processes.begin(), processes.end(),
                           [&](const Process& process) { return process.pid == pid && process.dead; });
    };
    family.erase(family.begin());
    family.erase(std::remove_if(family.begin(), family.end(), is_dead), family.end());
    return family;
}

std::vector<pid_t> children_of(pid_t parent)
{
    std::vector<pid_t> children;
    for (const auto& process : all_processes())
        if (process.parent == parent) children.push_back(process.pid);
    return children;
}

std::string name_of_process(pid_t pid)
{
    const auto text = read_short("/proc/" + std::to_string(pid) + "/comm");
    return text.substr(0, text.find('\n'));
}

std::uint64_t memory_of(pid_t pid)
{
    const auto text =
        read_short("/proc/" + std::to_string(pid) + "/statm"); // pages: all, resident, shared ...
    const auto resident = number_at(text, 1);
    const auto shared = number_at(text, 2);
    return resident > shared ? (resident - shared) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::size_t signal_descendants(pid_t root, int signal)
{
    const auto family = descendants_of(root);
    for (const auto pid : family) ::kill(pid, signal);
    return family.size();
}

} // namespace skerry::runtime
