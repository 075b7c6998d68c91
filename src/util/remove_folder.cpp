#include "util/descriptor.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/id.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace skerry {
namespace {

/// A path inside a project can be deeper than a path may be long and than a process may have open files. So
/// nothing here goes down: folders inside folders are moved up to the top first, and go from there.
class Removal {
public:
    explicit Removal(const fs::path& path) : path_(path), top_(open_folder(AT_FDCWD, path.c_str())) {}

    void empty()
    {
        bool found = true;
        while (found) {
            found = false;
            for_each_entry(top_, [&](const char* name) {
                found = true;
                if (!remove_simple(top_, name)) take_apart(name);
            });
        }
    }

private:
    [[noreturn]] void fail() const { throw system_error(errno, "cannot remove " + path_.string()); }

    template <class Action> void for_each_entry(const Descriptor& folder, const Action& action) const
    {
        Descriptor again(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(again.get()), ::closedir);
        if (!listing) fail();
        again.release(); // it is the listing's now
        for (;;) {
            errno = 0;
            const dirent* entry = ::readdir(listing.get()); // NOLINT(concurrency-mt-unsafe): own stream
            if (entry == nullptr && errno != 0) fail();
            if (entry == nullptr) return;
            const std::string name = entry->d_name;
            if (name != "." && name != "..") action(name.c_str());
        }
    }

    /// False when it is a folder that is not empty.
    bool remove_simple(const Descriptor& folder, const char* name) const
    {
        if (::unlinkat(folder.get(), name, 0) == 0 || errno == ENOENT) return true;
        if (errno != EISDIR) fail();
        if (::unlinkat(folder.get(), name, AT_REMOVEDIR) == 0) return true;
        if (errno != ENOTEMPTY && errno != EEXIST) fail();
        return false;
    }

    void take_apart(const char* name)
    {
        const auto folder = open_folder(top_.get(), name);
        for_each_entry(folder, [&](const char* inner) {
            if (!remove_simple(folder, inner)) move_up(folder, inner);
        });
        if (::unlinkat(top_.get(), name, AT_REMOVEDIR) != 0) fail();
    }

    void move_up(const Descriptor& folder, const char* name)
    {
        const auto fresh = prefix_ + std::to_string(++moved_);
        if (::renameat(folder.get(), name, top_.get(), fresh.c_str()) == 0) return;
        if (errno != EACCES) fail();
        open_folder(folder.get(), name); // to be moved, a folder must be writable
        if (::renameat(folder.get(), name, top_.get(), fresh.c_str()) != 0) fail();
    }

    /// The folder of that name, never through a link, with all permissions for its owner.
    Descriptor open_folder(int parent, const char* name) const
    {
        constexpr int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        Descriptor folder(::openat(parent, name, O_PATH | flags));
        struct stat state {};
        if (!folder.open() || ::fstat(folder.get(), &state) != 0) fail();
        const auto itself = "/proc/self/fd/" + std::to_string(folder.get());
        if ((state.st_mode & S_IRWXU) != S_IRWXU && ::chmod(itself.c_str(), S_IRWXU) != 0) fail();
        Descriptor readable(::openat(parent, name, O_RDONLY | flags));
        if (!readable.open()) fail();
        return readable;
    }

    const fs::path& path_;
    std::string prefix_ = random_id() + "-";
    std::size_t moved_ = 0;
    Descriptor top_;
};

bool is_folder(const fs::path& path)
{
    struct stat state {};
    return ::lstat(path.c_str(), &state) == 0 && S_ISDIR(state.st_mode);
}

} // namespace

void remove_folder(const fs::path& name)
{
    const auto path = name.has_filename() ? name : name.parent_path(); // a slash at the end follows a link
    const auto fail = [&] { throw system_error(errno, "cannot remove " + path.string()); };
    if (!is_folder(path)) {
        if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) fail();
        return;
    }
    Removal(path).empty();
    if (::rmdir(path.c_str()) != 0 && errno != ENOENT) fail();
}

} // namespace skerry
