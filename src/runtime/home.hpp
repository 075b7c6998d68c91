#pragma once

#include "runtime/runtime.hpp"

namespace skerry::runtime {

/// The folder outside that is HOME of a service with a state of its own, and on the host of every service.
inline std::filesystem::path home_of(const Stack& stack, const Service& service)
{
    return stack.state / service.name;
}

} // namespace skerry::runtime
