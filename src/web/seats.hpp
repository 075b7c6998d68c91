#pragma once

#include <atomic>
#include <memory>

namespace skerry::web {

/// A number of places that may be taken at once, by any thread.
class Seats {
public:
    explicit Seats(int number) : free_(std::make_shared<std::atomic<int>>(number)) {}

    /// Nothing when all are taken. The place is free again when the last copy of what is returned has gone,
    /// which may outlive the seats.
    [[nodiscard]] std::shared_ptr<const void> take() const
    {
        if (free_->fetch_sub(1) > 0)
            return {free_.get(), [free = free_](const void*) { free->fetch_add(1); }};
        free_->fetch_add(1);
        return nullptr;
    }

private:
    std::shared_ptr<std::atomic<int>> free_;
};

} // namespace skerry::web
