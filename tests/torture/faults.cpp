/// A library that is loaded before all others (LD_PRELOAD) and makes the process fail at one point of its use
/// of SQLite. Nothing of the program knows of it.
///
///     FAULT_AT=N       the N-th call that counts (from 1)
///     FAULT_KIND=      kill      kill -9 at the N-th sqlite3_step, before it is done
///                      no-space  from the N-th write on, every write to a database file finds the disk full
///                      io-error  the N-th write (or flush, or cut) of a database file fails
///                      short     the N-th write of a database file writes only half
///     FAULT_HIT=FILE   made when the fault happens: without it, the process made fewer calls than N

#undef _FILE_OFFSET_BITS // else pwrite and pwrite64 are one name here

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>

struct sqlite3_stmt;

namespace {

/// The function of that name that would have been called without this library.
template <class Function> Function* original(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::string_view setting(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

struct Plan {
    std::string_view kind = setting("FAULT_KIND");
    long at = std::atol(std::string(setting("FAULT_AT")).c_str());
};

const Plan& plan()
{
    static const Plan made;
    return made;
}

/// The number of this call among those that count.
long next_number()
{
    static std::atomic<long> count = 0;
    return ++count;
}

void say_that_it_happened()
{
    const char* file = std::getenv("FAULT_HIT");
    if (file == nullptr) return;
    const int made = ::open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (made >= 0) ::close(made);
}

bool is_of_a_database(int descriptor)
{
    std::array<char, 64> link{};
    std::array<char, 4096> path{};
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", descriptor);
    const auto length = ::readlink(link.data(), path.data(), path.size());
    return length > 0 && std::string_view(path.data(), static_cast<std::size_t>(length)).find(".db") !=
                             std::string_view::npos;
}

enum class Fault { none, fail, half };

/// What becomes of this call that changes the file.
Fault fault_of(int descriptor)
{
    const auto& [kind, at] = plan();
    if (at <= 0 || kind.empty() || kind == "kill" || !is_of_a_database(descriptor)) return Fault::none;
    const long number = next_number();
    const bool strikes = kind == "no-space" ? number >= at : number == at;
    if (!strikes) return Fault::none;
    say_that_it_happened();
    errno = kind == "no-space" ? ENOSPC : EIO;
    return kind == "short" ? Fault::half : Fault::fail;
}

/// Calls `function` with all of the bytes, or half of them, or not at all.
template <class Function> ssize_t write_or_fail(int descriptor, std::size_t size, const Function& function)
{
    switch (fault_of(descriptor)) {
    case Fault::none: return function(size);
    case Fault::half: return function(size > 1 ? size / 2 : size);
    case Fault::fail: break;
    }
    return -1;
}

/// Flushing needs no space, and half of it is all of it.
template <class Function> int flush_or_fail(int descriptor, const Function& function)
{
    if (plan().kind == "io-error" && fault_of(descriptor) == Fault::fail) return -1;
    return function();
}

} // namespace

extern "C" {

int sqlite3_step(sqlite3_stmt* statement)
{
    static const auto real = original<int(sqlite3_stmt*)>("sqlite3_step");
    if (plan().kind == "kill" && plan().at > 0 && next_number() == plan().at) {
        say_that_it_happened();
        ::kill(::getpid(), SIGKILL);
    }
    return real(statement);
}

ssize_t write(int descriptor, const void* bytes, size_t size)
{
    static const auto real = original<ssize_t(int, const void*, size_t)>("write");
    return write_or_fail(descriptor, size, [&](size_t part) { return real(descriptor, bytes, part); });
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t place)
{
    static const auto real = original<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    return write_or_fail(descriptor, size, [&](size_t part) { return real(descriptor, bytes, part, place); });
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t place)
{
    static const auto real = original<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    return write_or_fail(descriptor, size, [&](size_t part) { return real(descriptor, bytes, part, place); });
}

int fsync(int descriptor)
{
    static const auto real = original<int(int)>("fsync");
    return flush_or_fail(descriptor, [&] { return real(descriptor); });
}

int fdatasync(int descriptor)
{
    static const auto real = original<int(int)>("fdatasync");
    return flush_or_fail(descriptor, [&] { return real(descriptor); });
}

int ftruncate(int descriptor, off_t size) noexcept
{
    static const auto real = original<int(int, off_t)>("ftruncate");
    return flush_or_fail(descriptor, [&] { return real(descriptor, size); });
}

int ftruncate64(int descriptor, off64_t size) noexcept
{
    static const auto real = original<int(int, off64_t)>("ftruncate64");
    return flush_or_fail(descriptor, [&] { return real(descriptor, size); });
}
}
