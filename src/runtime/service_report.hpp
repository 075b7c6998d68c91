#pragma once

#include "api/json.hpp"
#include "runtime/runtime.hpp"

#include <string>

namespace skerry::runtime {

/// What a supervisor tells about a service.
struct ServiceReport {
    ServiceState state;
    std::string failure; ///< why it could not be started at all
};

api::Json to_json(const ServiceReport& report);
ServiceReport report_of(const api::Json& json);

} // namespace skerry::runtime
