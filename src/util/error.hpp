#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace skerry {

/// What went wrong, in the terms a caller can act on. Turned into an exit code
/// in cli/ and into an HTTP status in http/, nowhere else.
enum class Code {
    bad_request,
    unauthorized,
    forbidden,
    not_found,
    conflict,
    too_large,
    rate_limited,
    unavailable, ///< the world is not ready: no bubblewrap, disk full, agent not answering
    timeout,
    cancelled,
    internal,
};

/// "bad_request", "unauthorized" ...: the name used in JSON and in logs.
std::string_view name_of(Code code) noexcept;

/// One wrong field of an input.
struct FieldError {
    std::string field;
    std::string message;
};

/// The only exception type of skerry. The message says what and which, for a
/// person; the hint is the next thing to try.
class Error : public std::runtime_error {
public:
    struct Details {
        std::string hint{};
        std::vector<FieldError> fields{};
    };

    Error(Code code, const std::string& message) : Error(code, message, Details{}) {}
    Error(Code code, const std::string& message, Details details)
        : std::runtime_error(message), code_(code), details_(std::move(details))
    {
    }

    [[nodiscard]] Code code() const noexcept { return code_; }
    [[nodiscard]] const std::string& hint() const noexcept { return details_.hint; }
    [[nodiscard]] const std::vector<FieldError>& fields() const noexcept { return details_.fields; }

private:
    Code code_;
    Details details_;
};

/// An Error for the failed system call that left `number` in errno: a full disk
/// and a lack of permission are told apart from the rest.
Error system_error(int number, const std::string& what);

} // namespace skerry
