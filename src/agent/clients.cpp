#include "agent/clients.hpp"

namespace skerry::agent {

Clients::Loan::~Loan()
{
    if (client_) owner_->take_back(std::move(client_));
}

Clients::Loan Clients::lend(const Address& address)
{
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [&](const auto& entry) { return now >= entry.second.asked_for + patience_; });
    auto& kept = kept_[address.port];
    if (kept.address != address) kept = {address};
    kept.asked_for = now;
    if (kept.idle.empty()) return {*this, std::make_unique<Client>(address)};
    auto client = std::move(kept.idle.back());
    kept.idle.pop_back();
    return {*this, std::move(client)};
}

std::size_t Clients::size()
{
    const std::lock_guard lock(mutex_);
    return kept_.size();
}

/// One that was lent before its port was let go or taken over by another agent is not kept.
void Clients::take_back(std::unique_ptr<Client> client)
{
    constexpr std::size_t most_idle = 4;
    const std::lock_guard lock(mutex_);
    const auto kept = kept_.find(client->address().port);
    if (kept == kept_.end() || kept->second.address != client->address()) return;
    if (kept->second.idle.size() < most_idle) kept->second.idle.push_back(std::move(client));
}

} // namespace skerry::agent
