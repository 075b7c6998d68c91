#pragma once

#include "util/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace skerry::runtime::docker {

/// Why Compose did not do what it was asked to.
enum class Cause {
    engine_down,
    no_permission,
    port_taken,
    image_missing,
    registry_unreachable,
    file_invalid,
    program_missing, ///< in the image
    folder_missing,  ///< that is to be mounted
    name_taken,
    unhealthy, ///< something waits for it
    disk_full,
    subnet_taken,
    no_more_networks,
    interfered, ///< by another up or down of the same project
    other,
};

struct Failure {
    Cause cause = Cause::other;
    std::string words; ///< the line of the output that tells, for people
};

/// What the output of docker or Compose tells, of whichever version.
Failure understand(const std::vector<std::string>& output);

/// As an Error with a message of its own and what to do about it. `doing` is what failed: "start", "stop".
Error error_of(const Failure& failure, std::string_view doing);

} // namespace skerry::runtime::docker
