#pragma once

#include "app/paths.hpp"
#include "util/file_lock.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <sys/types.h>
#include <vector>

/// Proof that what a job started has ended, also where its worker died first. The processes of one attempt
/// inherit a locked file, run/job-<id>-<lease>.lock, and with it the lock: it is free when the last of them
/// is gone, and not before. It also says which process group that is.
namespace skerry::exec {

/// The lock of one attempt, held by its processes; the file is removed in the destructor.
class AttemptLock {
public:
    /// Throws Error.
    AttemptLock(const Paths& paths, std::int64_t job, std::int64_t lease);
    AttemptLock(const AttemptLock&) = delete;
    AttemptLock& operator=(const AttemptLock&) = delete;
    ~AttemptLock();

    /// What the processes are to inherit.
    [[nodiscard]] int descriptor() const { return lock_.value().descriptor(); }
    /// Says whom it was handed to and leaves it to them: only their end frees it from now on. Throws Error.
    void hand_over(pid_t group);
    /// Whether nobody holds it any more. Throws Error.
    [[nodiscard]] bool is_free() const;

private:
    std::filesystem::path path_;
    std::optional<FileLock> lock_;
};

/// How long processes get.
struct Patience {
    std::chrono::milliseconds grace = std::chrono::seconds(5); ///< between TERM and KILL
    std::chrono::milliseconds bound = std::chrono::seconds(5); ///< to be gone after KILL
};

/// What attempts before have left.
struct Leftover {
    std::size_t ended = 0; ///< so many processes
    /// Somebody still holds a lock who is no process of a command: a worker that hangs, from before it has
    /// started its command until it has handed the lock over. It may start the command when it wakes up.
    bool held = false;
};

/// Ends what attempts at the job before the one with this lease have left running because their worker died
/// or hangs, and removes their locks. On stop they are killed at once. Throws Error unavailable when one of
/// them cannot be ended: whoever goes on then would run the command twice at once.
Leftover end_orphans(const Paths& paths, std::int64_t job, std::int64_t lease,
                     const std::stop_token& stop = {}, Patience patience = {});

/// A lock that lies in the folder.
struct FoundLock {
    std::int64_t job = 0;
    std::int64_t lease = 0;
};
std::vector<FoundLock> attempt_locks(const Paths& paths);

} // namespace skerry::exec
