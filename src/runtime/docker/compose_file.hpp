#pragma once

#include "api/json.hpp"
#include "runtime/runtime.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>

namespace skerry::runtime::docker {

/// What all containers of skerry carry, so that they are found again.
constexpr std::string_view instance_label = "skerry.instance"; ///< whose: see Stack::instance
constexpr std::string_view project_label = "skerry.project";   ///< the project's id
constexpr std::string_view service_label = "skerry.service";   ///< app, agent, model

/// How Docker and Compose know the stack: "skerry_<id>".
std::string compose_name(std::string_view stack_id);

/// What the stack itself does not say.
struct Surroundings {
    uid_t user = 0; ///< who owns the project's files, and runs the services
    gid_t group = 0;
    std::string subnet;    ///< "10.201.0.16/28"
    Limits limits{};       ///< of services that have none of their own
    double processors = 1; ///< that the machine has
};

/// What the file says of one service, "$" doubled in texts as Compose wants it.
api::Json service_json(const Stack& stack, const Service& service, const Surroundings& surroundings);

/// The compose.yaml of `stack`: each service with all limits in force, in the same folders as outside. It
/// holds the services' secrets. Understood by Compose 1.29 and 2 alike.
std::string compose_text(const Stack& stack, const Surroundings& surroundings);

} // namespace skerry::runtime::docker
