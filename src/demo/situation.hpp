#pragma once

#include "api/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::demo {

/// Where a conversation stands: what a chat-completions request tells of the turn that it belongs to.
struct Situation {
    std::string system;               ///< all system messages
    std::string prompt;               ///< the last message of the user
    std::size_t prompts = 0;          ///< messages of the user
    std::size_t steps = 0;            ///< the model's own messages since then
    std::vector<std::string> results; ///< what the tools have answered since then
    std::vector<std::string> tools;   ///< the names of those on offer

    [[nodiscard]] bool offers(std::string_view tool) const;
};

Situation understand(const api::Json& request);

} // namespace skerry::demo
