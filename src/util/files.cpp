#include "util/files.hpp"

#include "util/descriptor.hpp"
#include "util/error.hpp"
#include "util/id.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace fs = std::filesystem;

namespace skerry {
namespace {

void write_all(int file, std::string_view text, const fs::path& path)
{
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw system_error(errno, "cannot write " + path.string());
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

Descriptor open_for_reading(const fs::path& path)
{
    return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

std::string read_all(const Descriptor& file, const fs::path& path, std::uintmax_t limit)
{
    std::string text;
    std::array<char, 65536> part{};
    for (;;) {
        const auto count = ::read(file.get(), part.data(), part.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw system_error(errno, "cannot read " + path.string());
        if (count == 0) return text;
        text.append(part.data(), static_cast<std::size_t>(count));
        if (text.size() > limit)
            throw Error(Code::too_large,
                        path.string() + " is larger than " + std::to_string(limit) + " bytes");
    }
}

/// Without "..", "." and a slash at the end.
fs::path plain(const fs::path& path)
{
    const auto normal = path.lexically_normal();
    return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

} // namespace

std::string read_file(const fs::path& path, std::uintmax_t limit)
{
    const auto file = open_for_reading(path);
    if (!file.open()) throw system_error(errno, "cannot read " + path.string());
    return read_all(file, path, limit);
}

std::optional<std::string> read_file_if_any(const fs::path& path)
{
    const auto file = open_for_reading(path);
    if (!file.open() && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (!file.open()) throw system_error(errno, "cannot read " + path.string());
    return read_all(file, path, 64U << 20U);
}

void write_file(const fs::path& path, std::string_view text)
{
    const fs::path draft = path.string() + "." + random_id() + ".new";
    try {
        const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file.open()) throw system_error(errno, "cannot write " + path.string());
        write_all(file.get(), text, path);
        if (::rename(draft.c_str(), path.c_str()) != 0)
            throw system_error(errno, "cannot write " + path.string());
    } catch (...) {
        ::unlink(draft.c_str());
        throw;
    }
}

void make_private_folder(const fs::path& path)
{
    if (path.empty()) return;
    if (::mkdir(path.c_str(), 0700) == 0) return;
    if (errno == ENOENT && path.has_parent_path() && path.parent_path() != path) {
        make_private_folder(path.parent_path());
        if (::mkdir(path.c_str(), 0700) == 0) return;
    }
    const int fault = errno;
    std::error_code ignored;
    if (fault == EEXIST && fs::is_directory(path, ignored)) return;
    throw system_error(fault, "cannot make the folder " + path.string());
}

bool is_inside(const fs::path& path, const fs::path& folder)
{
    const auto parts = plain(path);
    const auto begin = plain(folder);
    return std::mismatch(begin.begin(), begin.end(), parts.begin(), parts.end()).first == begin.end();
}

fs::path program_path()
{
    std::error_code fault;
    auto path = fs::read_symlink("/proc/self/exe", fault);
    if (fault) throw system_error(fault.value(), "cannot find my own program file");
    constexpr std::string_view gone = " (deleted)"; // an upgrade put another in its place
    const auto& name = path.native();
    return name.ends_with(gone) ? fs::path(name.substr(0, name.size() - gone.size())) : path;
}

fs::path program_folder()
{
    return program_path().parent_path();
}

TemporaryFolder::TemporaryFolder()
{
    std::error_code fault;
    const auto place = fs::temp_directory_path(fault);
    if (fault) throw system_error(fault.value(), "there is no folder for temporary files");
    std::string pattern = (place / "skerry-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw system_error(errno, "cannot make a temporary folder");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder()
{
    try {
        remove_folder(path_);
    } catch (...) { // the system clears such folders, too
        return;
    }
}

} // namespace skerry
