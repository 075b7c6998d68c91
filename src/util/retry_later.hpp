#pragma once

#include "util/error.hpp"

#include <chrono>

namespace skerry {

/// An Error that passes with time, and says with how much. For who only wants to know what went wrong it is
/// one like any other.
class RetryLater : public Error {
public:
    /// `wait`: sooner it is no use.
    RetryLater(Code code, const std::string& message, std::chrono::milliseconds wait, const std::string& hint)
        : Error(code, message, {.hint = hint}), wait_(wait)
    {
    }
    [[nodiscard]] std::chrono::milliseconds wait() const noexcept { return wait_; }

private:
    std::chrono::milliseconds wait_;
};

} // namespace skerry
