#pragma once

#include "db/connection.hpp"
#include "db/shared_sync.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace skerry::db {

/// Connections to one database for many threads, each lent to one of them at a time. What is committed on one
/// is on the disk then; commits at the same time get there together. Any thread may borrow; it must outlive
/// what it has lent.
class Pool {
public:
    /// A borrowed connection; goes back when destroyed.
    class Loan {
    public:
        Loan(Pool& owner, std::unique_ptr<Connection> connection)
            : owner_(&owner), connection_(std::move(connection))
        {
        }
        Loan(Loan&&) noexcept = default;
        Loan& operator=(Loan&&) = delete;
        ~Loan();
        Connection& operator*() const noexcept { return *connection_; }

    private:
        Pool* owner_;
        std::unique_ptr<Connection> connection_;
    };

    explicit Pool(std::filesystem::path file) : file_(std::move(file)) {}

    /// One that nobody uses, else a new one. Throws Error.
    Loan lend();

private:
    std::unique_ptr<Connection> open();
    void take_back(std::unique_ptr<Connection> connection) noexcept;

    const std::filesystem::path file_;
    SharedSync sync_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> idle_;
};

} // namespace skerry::db
