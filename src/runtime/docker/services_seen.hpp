#pragma once

#include "runtime/docker/engine.hpp"
#include "runtime/runtime.hpp"

#include <vector>

namespace skerry::runtime::docker {

/// How the services of `stack` are, in its order, then those that the user added, by the containers that they
/// have. One whose container is gone is left out. Throws Error as Engine does.
std::vector<ServiceState> services_seen(const Engine& engine, const Stack& stack,
                                        const std::vector<ContainerSummary>& containers);

/// One service by its container.
ServiceState service_state(const Container& container);

} // namespace skerry::runtime::docker
