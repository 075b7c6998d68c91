#pragma once

#include "util/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace skerry::assets {

/// The folder `public` of a project, which its agent may change at any moment: it is held open, and
/// everything in it is named by one plain name and follows no link. Names have been through safe_name().
class PublicFolder {
public:
    /// Makes it when it is not there. Throws Error conflict when something else stands in its place.
    explicit PublicFolder(const std::filesystem::path& project);

    /// The whole file, at most `largest` bytes. Throws Error: not_found, too_large, conflict for what is no
    /// file.
    [[nodiscard]] std::string read(const std::string& name, std::uint64_t largest) const;
    /// Throws Error: not_found, conflict when the new name is taken.
    void rename(const std::string& from, const std::string& to) const;
    /// One that is gone is fine.
    void remove(const std::string& name) const;

    [[nodiscard]] int descriptor() const noexcept { return folder_.get(); }

private:
    Descriptor folder_;
};

/// A file on its way into the folder: nobody sees it before it is complete, and nothing is left of one that
/// never is. Must not outlive its folder.
class Upload {
public:
    Upload(const PublicFolder& folder, std::uint64_t largest);
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;
    ~Upload();

    /// Throws Error too_large beyond the limit, unavailable when the disk is full.
    void write(std::string_view bytes);
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Throws Error conflict when there is something of that name, unless it is to be replaced.
    void publish(const std::string& name, bool overwrite);

private:
    const PublicFolder& folder_;
    const std::uint64_t largest_;
    std::string hidden_; ///< what it is called until then
    Descriptor file_;
    std::uint64_t size_ = 0;
    bool published_ = false;
};

} // namespace skerry::assets
