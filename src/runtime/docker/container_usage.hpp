#pragma once

#include "runtime/docker/engine.hpp"
#include "runtime/docker/engine_streams.hpp"
#include "runtime/usage_meter.hpp"

#include <map>
#include <string>

namespace skerry::runtime::docker {

/// Measures the containers of one stack: the engine tells what they use, once a second.
class ContainerUsage : public UsageMeter {
public:
    /// Throws Error as Engine's calls do.
    explicit ContainerUsage(std::string stack_id);
    std::vector<ServiceUsage> next(std::stop_token stop) override;

private:
    struct Measured {
        std::string service;
        JsonStream stream;
        int frames = 0; ///< the first one tells nothing of the processor
        ServiceUsage last{};
    };
    void open_new(const std::stop_token& stop);

    Engine engine_;
    std::string stack_id_;
    std::map<std::string, Measured> measured_; ///< by container
};

} // namespace skerry::runtime::docker
