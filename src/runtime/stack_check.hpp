#pragma once

#include "runtime/runtime.hpp"

namespace skerry::runtime {

/// Throws Error bad_request for a stack that makes no sense or would open the state folder to a service,
/// not_found for a folder or a file that is to be seen and is not there.
void check(const Stack& stack);

/// Throws Error conflict when a port of the stack is taken, after waiting up to `patience` for it to become
/// free.
void check_ports(const Stack& stack, std::chrono::milliseconds patience, std::stop_token stop);

} // namespace skerry::runtime
