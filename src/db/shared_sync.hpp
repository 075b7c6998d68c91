#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

namespace skerry::db {

/// Lets many threads that have written to one file wait for the disk together: those that come while one
/// waits share the next wait. A disk takes as long for the commits of sixteen as for that of one.
class SharedSync {
public:
    /// Returns when a call of somebody's `sync` that began after this one has ended. `sync` puts all that was
    /// written to the file on the disk and gives 0, or a code of the fault, which this then returns.
    int wait(const std::function<int()>& sync);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t begun_ = 0; ///< syncs; one at a time
    std::uint64_t ended_ = 0;
    std::uint64_t last_failed_ = 0; ///< its number
    int failure_ = 0;
};

} // namespace skerry::db
