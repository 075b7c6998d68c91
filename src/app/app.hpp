#pragma once

#include "app/paths.hpp"
#include "app/settings.hpp"

namespace skerry {

namespace agent {
class Clients;
}
namespace events {
class Writer;
}
namespace queue {
struct Kinds;
}

/// What every part of one running skerry shares. Made once at the start, then only read. What belongs to the
/// folders above is only named here: program/ owns it and hands it to those who know what it is.
struct App {
    Paths paths;
    Settings settings;
    const queue::Kinds* job_kinds = nullptr; ///< every kind of job there is
    agent::Clients* agents = nullptr;        ///< kept connections to the projects' agents
    events::Writer* writer = nullptr;        ///< for what many threads write at the same moment
};

} // namespace skerry
