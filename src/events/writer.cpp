#include "events/writer.hpp"

#include "util/bell.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace skerry::events {
namespace {

/// Where several wrote together they will again: a moment is given to them all to come. Measured: it takes a
/// quarter off what storing and following a hundred streams costs.
constexpr std::chrono::milliseconds gathering{3};

} // namespace

void Writer::write(const Rows& rows)
{
    Request request{rows};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&request);
    changed_.wait(lock, [&] { return request.done || !busy_; });
    if (!request.done) write_waiting(lock);
    if (request.fault) std::rethrow_exception(request.fault);
}

void Writer::write_waiting(std::unique_lock<std::mutex>& lock)
{
    busy_ = true;
    if (crowded_) {
        lock.unlock();
        std::this_thread::sleep_for(gathering);
        lock.lock();
    }
    const auto requests = std::exchange(waiting_, {});
    crowded_ = requests.size() > 1;
    lock.unlock();
    write_all(requests);
    lock.lock();
    for (auto* request : requests) request->done = true;
    busy_ = false;
    changed_.notify_all();
}

void Writer::write_all(const std::vector<Request*>& requests)
{
    try {
        if (!db_) db_.emplace(paths_.database(), db::Role::worker);
        db::Transaction transaction(*db_);
        for (auto* request : requests) write_one(*request);
        transaction.commit();
        Bell::ring(paths_.running());
    } catch (...) {
        for (auto* request : requests)
            if (!request->fault) request->fault = std::current_exception();
    }
}

void Writer::write_one(Request& request)
{
    db::execute(*db_, "savepoint one");
    try {
        request.rows(*db_);
    } catch (...) {
        request.fault = std::current_exception();
        if (!db_->in_transaction()) throw; // a full disk ends it for all
        db::execute(*db_, "rollback to one");
    }
    db::execute(*db_, "release one");
}

} // namespace skerry::events
