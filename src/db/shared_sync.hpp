#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
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
    /// One sync, for all that came before it began.
    struct Round {
        bool ended = false;
        int code = 0;
    };
    std::mutex mutex_;
    std::condition_variable changed_;
    bool syncing_ = false;
    std::shared_ptr<Round> next_ = std::make_shared<Round>();
};

} // namespace skerry::db
