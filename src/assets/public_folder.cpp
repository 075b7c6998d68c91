#include "assets/public_folder.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/id.hpp"

#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry::assets {
namespace {

constexpr std::string_view hidden_beginning = ".upload-";
constexpr std::int64_t abandoned_after = 3600; // seconds

Error taken(const std::string& name)
{
    return {Code::conflict,
            "there is a file " + name + " already",
            {.hint = "--overwrite replaces it", .fields = {{"name", "is taken"}}}};
}

struct CloseListing {
    void operator()(DIR* listing) const noexcept { ::closedir(listing); }
};

/// What uploads have left that were killed on their way.
void remove_abandoned(const Descriptor& folder)
{
    const int copy = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) return;
    const std::unique_ptr<DIR, CloseListing> listing(::fdopendir(copy));
    if (!listing) return;
    while (const dirent* entry =
               ::readdir(listing.get())) { // NOLINT(concurrency-mt-unsafe): a listing of our own
        struct stat state {};
        if (std::string_view(entry->d_name).starts_with(hidden_beginning) &&
            ::fstatat(folder.get(), entry->d_name, &state, AT_SYMLINK_NOFOLLOW) == 0 &&
            state.st_mtime < now() / 1000 - abandoned_after)
            ::unlinkat(folder.get(), entry->d_name, 0);
    }
}

} // namespace

PublicFolder::PublicFolder(const std::filesystem::path& project)
{
    const Descriptor above(::open(project.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!above.open())
        throw Error(Code::conflict, "the project has no files yet",
                    {.hint = "wait until it has been created"});
    constexpr int for_everyone = 0755; // the app serves it
    if (::mkdirat(above.get(), "public", for_everyone) != 0 && errno != EEXIST)
        throw system_error(errno, "cannot make the folder public");
    folder_ = Descriptor(::openat(above.get(), "public", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder_.open()) throw Error(Code::conflict, "'public' in the project is no folder");
    remove_abandoned(folder_);
}

std::string PublicFolder::read(const std::string& name, std::uint64_t largest) const
{
    const Descriptor file(
        ::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat state {};
    if (!file.open()) throw Error(Code::not_found, "the file " + name + " is not there any more");
    if (::fstat(file.get(), &state) != 0 || !S_ISREG(state.st_mode))
        throw Error(Code::conflict, name + " is no file");
    std::string text;
    std::string piece(64U << 10U, '\0');
    for (;;) {
        const auto count = ::read(file.get(), piece.data(), piece.size());
        if (count < 0) throw system_error(errno, "cannot read " + name);
        if (count == 0) return text;
        text.append(piece, 0, static_cast<std::size_t>(count));
        if (text.size() > largest) throw Error(Code::too_large, name + " has grown too large");
    }
}

void PublicFolder::rename(const std::string& from, const std::string& to) const
{
    if (::renameat2(folder_.get(), from.c_str(), folder_.get(), to.c_str(), RENAME_NOREPLACE) == 0) return;
    if (errno == EEXIST) throw taken(to);
    if (errno == ENOENT) throw Error(Code::not_found, "the file " + from + " is not there any more");
    throw system_error(errno, "cannot rename " + from);
}

void PublicFolder::remove(const std::string& name) const
{
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
        throw system_error(errno, "cannot remove " + name);
}

Upload::Upload(const PublicFolder& folder, std::uint64_t largest)
    : folder_(folder), largest_(largest), hidden_(std::string(hidden_beginning) + random_id()),
      file_(::openat(folder.descriptor(), hidden_.c_str(),
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644))
{
    if (!file_.open()) throw system_error(errno, "cannot write into the folder public");
}

Upload::~Upload()
{
    if (!published_) ::unlinkat(folder_.descriptor(), hidden_.c_str(), 0);
}

void Upload::write(std::string_view bytes)
{
    size_ += bytes.size();
    if (size_ > largest_)
        throw Error(Code::too_large, "the file has more than " + std::to_string(largest_) + " bytes",
                    {.hint = "the setting largestAsset allows more"});
    while (!bytes.empty()) {
        const auto count = ::write(file_.get(), bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) throw system_error(errno, "cannot write the file");
        if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Upload::publish(const std::string& name, bool overwrite)
{
    const unsigned how = overwrite ? 0 : RENAME_NOREPLACE;
    if (::renameat2(folder_.descriptor(), hidden_.c_str(), folder_.descriptor(), name.c_str(), how) != 0) {
        if (errno == EEXIST) throw taken(name);
        if (errno == EISDIR) throw Error(Code::conflict, name + " is a folder");
        throw system_error(errno, "cannot put the file " + name + " into place");
    }
    published_ = true;
}

} // namespace skerry::assets
