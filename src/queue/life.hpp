#pragma once

#include "app/paths.hpp"
#include "util/file_lock.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace skerry::queue {

/// The life of one worker: a lock on a file of its own, held as long as its process lives. It is taken before
/// the name is known to anyone, so whoever knows the name and finds the lock free knows that the worker died.
class Life {
public:
    /// Also removes what dead workers left. Throws Error.
    explicit Life(const Paths& paths);
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;
    ~Life();

    /// "worker-<boot>-<pid>-<random>"
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    std::string name_;
    std::filesystem::path file_;
    std::optional<FileLock> lock_;
};

/// Whether the worker of that name holds its lock, in this boot of the machine.
bool is_alive(const Paths& paths, const std::string& worker);

/// The workers of this boot whose lock files are there, alive or not.
std::vector<std::string> names_of_workers(const Paths& paths);

/// The process of the worker of that name.
std::optional<pid_t> process_of(const std::string& worker);

/// Whether any worker holds its lock.
bool any_is_alive(const Paths& paths);

} // namespace skerry::queue
