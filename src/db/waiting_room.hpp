#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace skerry::db {

/// Where those of this process wait who want to write: the end of a write here wakes one of them. SQLite
/// itself would only let them look again now and then.
class WaitingRoom {
public:
    /// Until a write ends here, but at most so long.
    void wait(std::chrono::milliseconds most);
    void tell_of_end();

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t ended_ = 0; ///< writes, of any database
};

/// One for the process: SQLite's locks are the process's too, whatever connection takes them.
WaitingRoom& waiting_room();

} // namespace skerry::db
