#pragma once

#include "agent/answer.hpp"
#include "agent/client.hpp"
#include "api/json.hpp"

#include <cstdint>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace skerry::agent {

/// What the agent's own message lists say about one prompt. Each call asks the agent anew, and throws as
/// Client does.
class Transcript {
public:
    /// `client` must outlive it; `folder` is the project's, as the agent sees it.
    Transcript(Client& client, std::string session, std::string prompt, std::string folder);

    /// The messages of the turn, from as few of the session's as hold it.
    std::vector<api::Json> turn(const std::stop_token& stop);
    /// What has come of the prompt so far, with all that its sub-agents did.
    Answer answer(const std::stop_token& stop);

private:
    void add_sub_agents(Answer& answer, const std::vector<api::Json>& messages, std::int64_t since,
                        std::set<std::string>& seen, const std::stop_token& stop);
    std::vector<api::Json> messages_since(const std::string& session, std::int64_t since,
                                          const std::stop_token& stop);

    Client& client_;
    const std::string session_;
    const std::string prompt_;
    const std::string folder_;
};

} // namespace skerry::agent
