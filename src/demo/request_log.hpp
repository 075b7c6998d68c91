#pragma once

#include "api/json.hpp"
#include "util/descriptor.hpp"

#include <filesystem>

namespace skerry::demo {

/// A file of JSON lines, 0600, that is only added to. Safe from many threads and processes at once.
class RequestLog {
public:
    /// Throws Error when the file cannot be made.
    explicit RequestLog(const std::filesystem::path& path);

    /// Throws Error when the disk is full.
    void add(const api::Json& line) const;

private:
    std::filesystem::path path_;
    Descriptor file_;
};

} // namespace skerry::demo
