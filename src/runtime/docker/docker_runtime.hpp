#pragma once

#include "runtime/docker/compose_file.hpp"
#include "runtime/docker/engine.hpp"
#include "runtime/docker/failure.hpp"
#include "runtime/runtime.hpp"
#include "util/file_lock.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skerry::runtime::docker {

/// Runs stacks in containers: Compose makes and ends them, the engine tells how they are.
///
/// What it keeps of a stack lies in state/docker: compose.yaml, stack.json (what was asked for),
/// override.yaml (what the user added), `up` while the services are wanted. All of it is the owner's alone.
class DockerRuntime : public Runtime {
public:
    explicit DockerRuntime(Settings settings) : settings_(std::move(settings)) {}

    void up(const Stack& stack, std::stop_token stop, const Say& say) override;
    bool runs_other(const Stack& stack) override;
    void stop(const std::filesystem::path& state, const Say& say) override;
    void remove(const std::filesystem::path& state, const Say& say) override;
    process::Ending exec(const Stack& stack, const Service& service,
                         const std::function<void(std::string_view)>& line, std::stop_token stop,
                         process::Limits limits) override;
    Attended attended(const Stack& stack, const Service& service, bool terminal) override;
    std::vector<ServiceState> ps(const std::filesystem::path& state) override;

private:
    struct Order;
    [[nodiscard]] Order order_of(const Stack& stack, const FileLock& turn) const;
    void require_images(const Stack& stack, const Say& say, std::stop_token stop) const;
    [[nodiscard]] bool runs_already(const Order& order) const;
    std::optional<Failure> start(const Order& order, std::stop_token stop, const Say& say) const;
    [[nodiscard]] Surroundings surroundings_of(const Stack& stack) const;
    [[nodiscard]] std::string subnet_for(const Stack& stack) const;
    [[nodiscard]] std::optional<std::string> running_container(const Stack& stack,
                                                               const Service& service) const;

    Settings settings_;
    Engine engine_;
};

} // namespace skerry::runtime::docker
