#pragma once

#include "runtime/runtime.hpp"
#include "runtime/stack_file.hpp"
#include "util/file_lock.hpp"

namespace skerry::runtime {

/// Runs stacks on this machine, each under a supervisor process of its own: in sandboxes, or without a fence.
class LocalRuntime : public Runtime {
public:
    LocalRuntime(bool fenced, Settings settings) : fenced_(fenced), settings_(std::move(settings)) {}

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
    [[nodiscard]] Plan plan_of(const Stack& stack) const;
    void start_supervisor(const Plan& plan, std::stop_token stop, const Say& say) const;

    bool fenced_;
    Settings settings_;
};

} // namespace skerry::runtime
