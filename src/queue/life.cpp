#include "queue/life.hpp"

#include "util/files.hpp"
#include "util/id.hpp"

#include <charconv>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace skerry::queue {
namespace {

constexpr std::string_view suffix = ".lock";

/// The beginning of the names of this boot's workers.
const std::string& prefix()
{
    constexpr std::size_t enough = 8;
    static const std::string text =
        "worker-" +
        read_file_if_any("/proc/sys/kernel/random/boot_id").value_or("unknown").substr(0, enough) + "-";
    return text;
}

std::filesystem::path lock_file(const Paths& paths, const std::string& worker)
{
    return paths.running() / (worker + std::string(suffix));
}

std::vector<std::filesystem::path> lock_files(const Paths& paths)
{
    std::vector<std::filesystem::path> found;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(paths.running(), none)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("worker-") && name.ends_with(suffix)) found.push_back(entry.path());
    }
    return found;
}

void remove_dead(const Paths& paths)
{
    for (const auto& file : lock_files(paths))
        if (!FileLock::is_held(file)) ::unlink(file.c_str());
}

/// Whether the locked file is still the one of that name.
bool is_in_place(const FileLock& lock, const std::filesystem::path& file)
{
    struct stat held {};
    struct stat named {};
    return ::fstat(lock.descriptor(), &held) == 0 && ::stat(file.c_str(), &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

} // namespace

Life::Life(const Paths& paths)
    : name_(prefix() + std::to_string(::getpid()) + "-" + random_id()), file_(lock_file(paths, name_))
{
    make_private_folder(paths.running());
    remove_dead(paths);
    // Another worker's remove_dead may see the new file before it is locked, and remove it.
    do lock_ = FileLock::acquire(file_);
    while (!is_in_place(*lock_, file_));
}

Life::~Life()
{
    ::unlink(file_.c_str());
}

bool is_alive(const Paths& paths, const std::string& worker)
{
    if (!worker.starts_with(prefix()) || worker.find('/') != std::string::npos) return false;
    return FileLock::is_held(lock_file(paths, worker));
}

std::vector<std::string> names_of_workers(const Paths& paths)
{
    std::vector<std::string> names;
    for (const auto& file : lock_files(paths))
        if (auto name = file.stem().string(); name.starts_with(prefix())) names.push_back(std::move(name));
    return names;
}

std::optional<pid_t> process_of(const std::string& worker)
{
    if (!worker.starts_with(prefix())) return std::nullopt;
    const auto digits = std::string_view(worker).substr(prefix().size());
    pid_t pid = 0;
    const auto [rest, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
    return fault == std::errc{} && pid > 0 ? std::optional(pid) : std::nullopt;
}

bool any_is_alive(const Paths& paths)
{
    for (const auto& file : lock_files(paths))
        if (FileLock::is_held(file)) return true;
    return false;
}

} // namespace skerry::queue
