#pragma once

#include "app/paths.hpp"
#include "db/connection.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace skerry::events {

/// Writes for many threads: what they bring at the same moment becomes one transaction, for a commit costs as
/// much as many rows. Whoever comes first writes for all that wait.
class Writer {
public:
    using Rows = std::function<void(db::Connection&)>;

    explicit Writer(Paths paths) : paths_(std::move(paths)) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Returns when the rows are committed, and the bell has rung. Throws what `rows` threw (then nothing of
    /// them is written, and what others brought is), or why the commit failed.
    void write(const Rows& rows);

private:
    struct Request {
        const Rows& rows;
        std::exception_ptr fault{};
        bool done = false;
    };

    void write_waiting(std::unique_lock<std::mutex>& lock);
    void write_all(const std::vector<Request*>& requests);
    void write_one(Request& request);

    const Paths paths_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Request*> waiting_;
    bool busy_ = false;    ///< one of those who wait writes, and only he uses the connection
    bool crowded_ = false; ///< the last transaction was shared
    std::optional<db::Connection> db_;
};

} // namespace skerry::events
