#include "runtime/docker/override_file.hpp"

#include "util/descriptor.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry::runtime::docker {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest = 256U << 10U;

fs::path approval_file(const fs::path& state)
{
    return state / "docker" / "override.sha256";
}

/// Whatever the agent may have put there: a link is not followed, a pipe is not waited for.
std::optional<std::string> text_if_any(const fs::path& file)
{
    const Descriptor open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!open.open() && errno == ENOENT) return std::nullopt;
    struct stat about {};
    if (!open.open() || ::fstat(open.get(), &about) != 0 || !S_ISREG(about.st_mode))
        throw Error(Code::forbidden, file.filename().string() + " is no ordinary file",
                    {.hint = "remove it"});
    std::string text;
    std::array<char, 16384> piece{};
    for (;;) {
        const auto count = ::read(open.get(), piece.data(), piece.size());
        if (count < 0) throw system_error(errno, "cannot read " + file.filename().string());
        if (count == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(count));
        if (text.size() > largest) throw Error(Code::too_large, file.filename().string() + " is too large");
    }
}

} // namespace

fs::path override_file(const fs::path& folder)
{
    return folder / "compose.override.yaml";
}

std::optional<std::string> approved_override(const fs::path& folder, const fs::path& state)
{
    auto text = text_if_any(override_file(folder));
    if (!text) return std::nullopt;
    const auto approval = read_file_if_any(approval_file(state));
    if (approval && trim(*approval) == sha256_hex(*text)) return text;
    throw Error(Code::forbidden,
                approval ? "compose.override.yaml has changed since it was approved"
                         : "compose.override.yaml has not been approved, and the agent could have written it",
                {.hint = "read it, then approve it with 'skerry projects trust', or remove it"});
}

std::string approve_override(const fs::path& folder, const fs::path& state)
{
    auto text = text_if_any(override_file(folder));
    if (!text)
        throw Error(Code::not_found, "the project has no compose.override.yaml",
                    {.hint = "write one into " + folder.string()});
    make_private_folder(approval_file(state).parent_path());
    write_file(approval_file(state), sha256_hex(*text) + "\n");
    return *text;
}

} // namespace skerry::runtime::docker
