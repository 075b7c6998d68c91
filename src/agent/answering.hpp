#pragma once

#include "agent/client.hpp"
#include "agent/requests.hpp"
#include "agent/turn.hpp"

#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace skerry::agent {

/// Hands the agent the answers to what it waits for: as the turn's policy says at once, and those of people
/// as they come. Each is handed over once; what the agent does not wait for any more is left alone.
class Answering {
public:
    /// `request` outlives it.
    explicit Answering(const TurnRequest& request) : request_(request) {}

    /// Returns what the agent took. Throws Error when it cannot be reached: to be called again.
    std::vector<Reply> answer(Client& client, const std::vector<OpenRequest>& open,
                              const std::stop_token& stop);
    /// Rejects what nobody may answer any more.
    void reject(Client& client, const OpenRequest& open, const std::stop_token& stop);

private:
    [[nodiscard]] std::vector<Reply> replies_to(const std::vector<OpenRequest>& open) const;

    const TurnRequest& request_;
    std::set<std::string> handed_{}; ///< names of requests
};

} // namespace skerry::agent
