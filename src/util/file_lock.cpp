#include "util/file_lock.hpp"

#include "util/error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <thread>

namespace skerry {
namespace {

Descriptor open_lock(const std::filesystem::path& path)
{
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.open()) throw system_error(errno, "cannot open the lock " + path.string());
    return file;
}

bool lock(const Descriptor& file, int how)
{
    while (::flock(file.get(), how) != 0) {
        if (errno == EWOULDBLOCK) return false;
        if (errno != EINTR) throw system_error(errno, "cannot lock a file");
    }
    return true;
}

/// Whether it could be had at once. is_held() of another process has a shared lock for a moment, which
/// is not a holder.
bool lock_now(const Descriptor& file)
{
    while (!lock(file, LOCK_EX | LOCK_NB)) {
        if (!lock(file, LOCK_SH | LOCK_NB)) return false;
        lock(file, LOCK_UN);
        std::this_thread::yield();
    }
    return true;
}

} // namespace

std::optional<FileLock> FileLock::try_acquire(const std::filesystem::path& path)
{
    auto file = open_lock(path);
    if (!lock_now(file)) return std::nullopt;
    return FileLock(std::move(file));
}

FileLock FileLock::acquire(const std::filesystem::path& path)
{
    auto file = open_lock(path);
    lock(file, LOCK_EX);
    return FileLock(std::move(file));
}

bool FileLock::is_held(const std::filesystem::path& path)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.open()) return !lock(file, LOCK_SH | LOCK_NB);
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw system_error(errno,
                       "cannot look at the lock " + path.string()); // held or not: nobody may be buried
}

} // namespace skerry
