#pragma once

#include "agent/client.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace skerry::agent {

/// Clients that are kept with their connections, by port, and lent to one thread at a time. Any thread may
/// borrow and drop; it must outlive what it has lent.
class Clients {
public:
    /// A borrowed client; goes back when destroyed.
    class Loan {
    public:
        Loan(Clients& owner, std::unique_ptr<Client> client) : owner_(&owner), client_(std::move(client)) {}
        Loan(Loan&&) noexcept = default;
        Loan& operator=(Loan&&) = delete;
        ~Loan();
        Client* operator->() const noexcept { return client_.get(); }
        Client& operator*() const noexcept { return *client_; }

    private:
        Clients* owner_;
        std::unique_ptr<Client> client_;
    };

    Loan lend(const Address& address);
    /// Forgets the connections to that port: what listens there has ended or changed.
    void drop(int port);

private:
    void take_back(std::unique_ptr<Client> client);

    struct Kept {
        Address address; ///< of the agent that listens there now
        std::vector<std::unique_ptr<Client>> idle{};
    };
    std::mutex mutex_;
    std::map<int, Kept> kept_; ///< by port
};

} // namespace skerry::agent
