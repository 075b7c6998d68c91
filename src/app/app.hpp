#pragma once

#include "app/paths.hpp"
#include "app/settings.hpp"

namespace skerry {

/// What every part of one running skerry shares. Made once at the start, then only read.
struct App {
    Paths paths;
    Settings settings;
};

} // namespace skerry
