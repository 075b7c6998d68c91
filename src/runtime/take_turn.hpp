#pragma once

#include "util/file_lock.hpp"

#include <filesystem>
#include <stop_token>

namespace skerry::runtime {

/// One command at a time starts or stops a stack; the others wait here for it. Throws Error cancelled on
/// stop.
FileLock take_turn(const std::filesystem::path& state, std::stop_token stop);

} // namespace skerry::runtime
