#pragma once

#include "api/json.hpp"

#include <string_view>

/// Who decides what an agent may do.
namespace skerry::agent {

enum class Policy {
    allow, ///< everything; questions are dismissed
    ask,   ///< a person, each time that something is changed or the project is left
    deny,  ///< nobody: it may only look
    fail,  ///< nobody: a turn that would have to ask fails
};
std::string_view name_of(Policy policy) noexcept;
/// Throws Error bad_request for another word.
Policy parse_policy(std::string_view name);
/// "allow|ask|deny|fail"
constexpr std::string_view policy_names = "allow|ask|deny|fail";

/// As the agent's configuration says it, for all sessions: {permission: "allow" | "ask" | "deny"}.
api::Json permissions(Policy policy);
/// For one session, behind what held before: [{permission, pattern, action}]. A sub-agent has a session of
/// its own that these do not hold for, only `everywhere`, with which the agent was started: one that would
/// be allowed there what this session has to ask for is denied.
/// In the mode "plan" it may only look, whatever the policy is.
api::Json session_rules(Policy policy, std::string_view mode, Policy everywhere);

} // namespace skerry::agent
