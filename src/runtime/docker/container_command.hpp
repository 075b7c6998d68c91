#pragma once

#include "runtime/docker/compose_file.hpp"
#include "util/process.hpp"

#include <string>

/// Commands of docker that run one more program for a stack, for whoever starts them.
namespace skerry::runtime::docker {

/// In a container of the stack that runs, beside its service. Of the environment only what `service` says is
/// added. `mark` becomes a variable of all that the program starts, for end_marked().
process::Command exec_command(const std::string& container, const Stack& stack, const Service& service,
                              const std::string& mark, bool terminal);
/// Ends in that container what was started with `mark`, and all that this has started.
process::Command end_marked(const std::string& container, const std::string& mark);

/// In a container of its own, called `name`, with the same limits as a service and gone when it ends.
process::Command run_command(const Stack& stack, const Service& service, const Surroundings& surroundings,
                             const std::string& name, bool terminal);
/// Ends and removes that container.
process::Command remove_command(const std::string& name);

} // namespace skerry::runtime::docker
