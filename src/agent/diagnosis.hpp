#pragma once

#include "api/json.hpp"

#include <string>
#include <string_view>

namespace skerry::agent {

/// Whose fault it was, as far as a person can act on it.
enum class Fault { auth, model, rate_limit, context, network, aborted, unknown };

/// "auth", "model" ...
std::string_view name_of(Fault fault) noexcept;

struct Diagnosis {
    Fault fault = Fault::unknown;
    std::string message; ///< one line, without what the provider sent along
    std::string hint{};  ///< what to try next; may be empty
};

/// Of an error as the agent gives it: {name, data: {message, statusCode, ...}}.
Diagnosis diagnose(const api::Json& error);
/// Of a failed try that will be repeated, which tells its message alone.
Diagnosis diagnose_retry(std::string_view message);

/// {class, message, hint?}
api::Json to_json(const Diagnosis& diagnosis);

} // namespace skerry::agent
