#include "program/reloads.hpp"

#include <utility>

namespace skerry::program {

void Reloads::request()
{
    {
        const std::lock_guard guard(mutex_);
        is_wanted_ = true;
    }
    changed_.notify_one();
}

bool Reloads::wait(const std::stop_token& stop)
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return is_wanted_; });
    return !stop.stop_requested() && std::exchange(is_wanted_, false);
}

} // namespace skerry::program
