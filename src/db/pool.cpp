#include "db/pool.hpp"

namespace skerry::db {
namespace {

constexpr std::size_t most_idle = 16; // each keeps its prepared statements and some pages

} // namespace

Pool::Loan::~Loan()
{
    if (connection_) owner_->take_back(std::move(connection_));
}

Pool::Loan Pool::lend()
{
    {
        const std::lock_guard guard(mutex_);
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return {*this, std::move(connection)};
        }
    }
    return {*this, open()};
}

std::unique_ptr<Connection> Pool::open()
{
    auto connection = std::make_unique<Connection>(file_, Role::command);
    connection->wait_for_disk_with(sync_);
    return connection;
}

void Pool::take_back(std::unique_ptr<Connection> connection) noexcept
{
    if (connection->in_transaction()) return; // whatever was left half done ends with it
    const std::lock_guard guard(mutex_);
    if (idle_.size() < most_idle) idle_.push_back(std::move(connection));
}

} // namespace skerry::db
