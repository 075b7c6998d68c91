#pragma once

#include "runtime/backoff.hpp"
#include "runtime/project_log.hpp"
#include "runtime/service_process.hpp"
#include "runtime/service_report.hpp"
#include "util/log_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace skerry::runtime {

/// Keeps one service running: starts it, logs what it writes, and starts it again after a crash, later each
/// time. All on the supervisor's thread; nothing here blocks for long.
class ServiceRunner {
public:
    /// `plan`, `service` and `log` outlive it.
    ServiceRunner(const Plan& plan, const Service& service, const GroupPlaces& places, const ProjectLog& log);

    void start();
    /// To call when output() is readable.
    void read_output();
    /// A child of the supervisor has ended, maybe this service's.
    void reaped(pid_t pid, int status);
    /// Does what is due by now, and says when it wants to be called again (monotonic milliseconds).
    std::optional<std::int64_t> tick();

    /// No more starts from here on; terminate() and kill() end what runs.
    void give_up();
    void terminate();
    void kill();

    [[nodiscard]] bool is_alive() const noexcept { return process_.has_value(); }
    [[nodiscard]] bool is_running() const noexcept { return state_ == State::running; }
    [[nodiscard]] int output() const noexcept { return process_ ? process_->output() : -1; }
    [[nodiscard]] pid_t root() const noexcept { return process_ ? process_->root() : 0; }
    [[nodiscard]] const Service& service() const noexcept { return service_; }
    [[nodiscard]] ServiceReport report() const;

private:
    void enter(State state);
    void failed(const std::string& why);
    void finish();
    void watch_memory();
    void start_again_later(const std::string& how);
    [[nodiscard]] std::string ending() const;

    const Plan& plan_;
    const Service& service_;
    const ProjectLog& log_;
    ControlGroup group_;
    std::uint64_t out_of_memory_ = 0; ///< how often the group had been, at the start
    bool starved_ = false;            ///< we killed something ourselves
    std::int64_t watch_at_ = 0;

    std::optional<ServiceProcess> process_;
    LineCutter lines_;
    std::string last_line_;

    State state_ = State::exited;
    Time since_ = now();
    std::int64_t entered_ = monotonic_now();
    std::int64_t start_at_ = 0;
    int restarts_ = 0;
    bool has_run_ = false;
    bool given_up_ = false;
    bool root_ended_ = false;
    std::optional<int> exit_code_;
    std::string failure_;
    Backoff backoff_;
};

} // namespace skerry::runtime
