#pragma once

#include "runtime/project_log.hpp"
#include "runtime/runtime.hpp"

#include <vector>

namespace skerry::runtime {

/// Says farewell to all of `services` that want it, at once, and waits for them: two seconds at most. The log
/// tells how it went.
void say_farewells(const std::vector<Service>& services, const ProjectLog& log);

} // namespace skerry::runtime
