#include "db/shared_sync.hpp"

namespace skerry::db {

int SharedSync::wait(const std::function<int()>& sync)
{
    std::unique_lock lock(mutex_);
    const auto round = next_; // a sync that runs already may have missed what was just written
    while (!round->ended) {
        if (syncing_) {
            changed_.wait(lock);
            continue;
        }
        syncing_ = true;
        next_ = std::make_shared<Round>();
        lock.unlock();
        const int code = sync();
        lock.lock();
        syncing_ = false;
        *round = {.ended = true, .code = code};
        changed_.notify_all();
    }
    return round->code;
}

} // namespace skerry::db
