#include "queue/connections.hpp"

namespace skerry::queue {

std::unique_ptr<db::Connection> Connections::take()
{
    {
        const std::scoped_lock lock(mutex_);
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return connection;
        }
    }
    return std::make_unique<db::Connection>(file_, db::Role::worker);
}

void Connections::give_back(std::unique_ptr<db::Connection> connection)
{
    if (connection->in_transaction()) return; // a handler left it in disorder: close it
    connection->set_durability(db::Durability::normal);
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(connection));
}

} // namespace skerry::queue
