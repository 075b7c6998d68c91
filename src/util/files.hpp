#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace skerry {

/// The whole file. Throws Error (not_found when it is not there, too_large above `limit` bytes).
std::string read_file(const std::filesystem::path& path, std::uintmax_t limit = 64U << 20U);

/// As read_file, but nothing when the file is not there.
std::optional<std::string> read_file_if_any(const std::filesystem::path& path);

/// Replaces the file in one step, readable by its owner only (0600): a reader sees the old text or the new,
/// never a part, whenever this process dies. Not meant to survive a power cut. Throws Error.
void write_file(const std::filesystem::path& path, std::string_view text);

/// Makes the folder and its parents, 0700; those that are there are left as they are. Throws Error.
void make_private_folder(const std::filesystem::path& path);

/// Whether `path` is `folder` or somewhere below it, by their names alone.
bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder);

/// Removes a folder and all below it, following no link, however deep it is and whatever permissions its
/// owner took from himself. Nothing there is fine. Throws Error.
void remove_folder(const std::filesystem::path& path);

/// The folder of the running program, links resolved.
std::filesystem::path program_folder();

/// The running program itself, for starting it again with other arguments.
std::filesystem::path program_path();

/// A new folder that is removed with all its content in the destructor.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace skerry
