#include "db/waiting_room.hpp"

namespace skerry::db {

void WaitingRoom::wait(std::chrono::milliseconds most)
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, most, [this, before = ended_] { return ended_ != before; });
}

void WaitingRoom::tell_of_end()
{
    {
        const std::lock_guard lock(mutex_);
        ++ended_;
    }
    changed_.notify_one();
}

WaitingRoom& waiting_room()
{
    static WaitingRoom the_room;
    return the_room;
}

} // namespace skerry::db
