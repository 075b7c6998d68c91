#include "db/shared_sync.hpp"

namespace skerry::db {

int SharedSync::wait(const std::function<int()>& sync)
{
    std::unique_lock lock(mutex_);
    const auto mine = begun_ + 1; // one that runs already may have missed what was just written
    while (ended_ < mine) {
        if (begun_ != ended_) {
            changed_.wait(lock);
            continue;
        }
        ++begun_;
        lock.unlock();
        const int code = sync();
        lock.lock();
        ended_ = begun_;
        if (code != 0) {
            last_failed_ = ended_;
            failure_ = code;
        }
        changed_.notify_all();
    }
    return last_failed_ >= mine ? failure_ : 0;
}

} // namespace skerry::db
