#pragma once

#include "queue/kind.hpp"

namespace skerry::program {

/// Every kind of job there is.
queue::Kinds job_kinds();

} // namespace skerry::program
