#include "agent/policy.hpp"

#include "util/error.hpp"

#include <array>
#include <string>

namespace skerry::agent {
namespace {

constexpr std::array all_policies{Policy::allow, Policy::ask, Policy::deny, Policy::fail};
constexpr std::array looking{"read", "list", "glob", "grep", "todowrite", "todoread", "skill"};
/// What changes no file either, but is no matter of course.
constexpr std::array looking_further{"webfetch", "websearch", "codesearch", "external_directory",
                                     "doom_loop"};

std::string_view action_of(Policy policy) noexcept
{
    if (policy == Policy::allow) return "allow";
    return policy == Policy::deny ? "deny" : "ask";
}

/// The agent waits for the answer to a question without end: it may ask only where somebody answers.
std::string_view action_of_question(Policy policy) noexcept
{
    return policy == Policy::ask || policy == Policy::fail ? "allow" : "deny";
}

} // namespace

std::string_view name_of(Policy policy) noexcept
{
    switch (policy) {
    case Policy::allow: return "allow";
    case Policy::ask: return "ask";
    case Policy::deny: return "deny";
    case Policy::fail: break;
    }
    return "fail";
}

Policy parse_policy(std::string_view name)
{
    for (const auto policy : all_policies) {
        if (name == name_of(policy)) return policy;
    }
    throw Error(
        Code::bad_request, "not a policy: \"" + std::string(name) + "\"",
        {.hint = "say allow, ask, deny or fail", .fields = {{"policy", "must be allow, ask, deny or fail"}}});
}

/// What changes something or leaves the project is asked for or denied; looking is free. The last match wins.
api::Json permissions(Policy policy)
{
    auto rules = api::Json::object({{"*", action_of(policy)}});
    if (policy != Policy::allow) {
        for (const auto* name : looking) rules.set(name, "allow");
        rules.set("task", "allow"); // what the sub-agent does is asked for or denied
    }
    return rules.set("question", action_of_question(policy));
}

api::Json session_rules(Policy policy, std::string_view mode, Policy everywhere)
{
    auto rules = api::Json::array();
    const auto add = [&](std::string_view name, std::string_view action) {
        rules.push(api::Json::object({{"permission", name}, {"pattern", "*"}, {"action", action}}));
    };
    const bool plan = mode == "plan";
    add("*", plan ? "deny" : action_of(policy)); // a command or a sub-agent could edit in its place
    if (plan)
        for (const auto* name : looking_further) add(name, action_of(policy));
    for (const auto* name : looking) add(name, "allow");
    add("question", action_of_question(policy));
    if (everywhere == Policy::allow && policy != Policy::allow) add("task", "deny");
    return rules;
}

} // namespace skerry::agent
