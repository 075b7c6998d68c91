#pragma once

#include "util/descriptor.hpp"

#include <filesystem>
#include <optional>

namespace skerry {

/// An flock on a file: held until it is destroyed or the process dies, whichever comes
/// first. That makes it a proof of life that needs no clock.
class FileLock {
public:
    /// Nothing when it is held, here or in another process. Throws Error when the file cannot be made.
    static std::optional<FileLock> try_acquire(const std::filesystem::path& path);

    /// Waits for it. Throws Error.
    static FileLock acquire(const std::filesystem::path& path);

    /// Whether some process holds the lock right now. False when there is no such file. Throws Error when
    /// that cannot be told.
    static bool is_held(const std::filesystem::path& path);

    [[nodiscard]] int descriptor() const noexcept { return file_.get(); }

private:
    explicit FileLock(Descriptor file) : file_(std::move(file)) {}
    Descriptor file_;
};

} // namespace skerry
