#pragma once

#include "agent/client.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace skerry::agent {

/// Clients that are kept with their connections, by port, and lent to one thread at a time. Any thread may
/// borrow; it must outlive what it has lent. Nobody says which agents have ended: connections to those that
/// nobody has asked for `patience` are let go when another one is asked for.
class Clients {
public:
    explicit Clients(std::chrono::milliseconds patience = std::chrono::minutes(1)) : patience_(patience) {}

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
    /// To how many agents connections are kept or may be.
    [[nodiscard]] std::size_t size();

private:
    void take_back(std::unique_ptr<Client> client);

    struct Kept {
        Address address; ///< of the agent that listens there now
        std::vector<std::unique_ptr<Client>> idle{};
        std::chrono::steady_clock::time_point asked_for{};
    };
    const std::chrono::milliseconds patience_;
    std::mutex mutex_;
    std::map<int, Kept> kept_; ///< by port
};

} // namespace skerry::agent
