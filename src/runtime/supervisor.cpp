#include "runtime/supervisor.hpp"

#include "runtime/background.hpp"
#include "runtime/control.hpp"
#include "runtime/control_group.hpp"
#include "runtime/farewell.hpp"
#include "runtime/pause.hpp"
#include "runtime/process_tree.hpp"
#include "runtime/project_log.hpp"
#include "runtime/service_runner.hpp"
#include "runtime/stack_file.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/file_lock.hpp"
#include "util/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace skerry::runtime {
namespace {

// All of a stop takes less than 5 s: farewells 2 s, TERM 1.5 s, KILL 1 s.
constexpr std::int64_t terminate_time = 1500; ///< milliseconds between TERM and KILL
constexpr std::int64_t kill_time = 1000; ///< milliseconds after which what cannot be killed is left alone
constexpr std::int64_t stop_step = 20;   ///< milliseconds between two looks while stopping

Descriptor open_signals()
{
    sigset_t set{};
    ::sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGCHLD, SIGHUP}) ::sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    Descriptor file(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!file.open()) throw system_error(errno, "cannot wait for signals");
    return file;
}

class Supervisor {
public:
    Supervisor(const Plan& plan, ControlServer& control, const ProjectLog& log);
    void run();

private:
    enum class Phase { running, farewells, terminating, killing, done };

    void wait();
    void handle_signals();
    void reap();
    void kill_strays();
    api::Json answer(const api::Json& question);
    void begin_stop();
    void go_on_stopping();
    void enter(Phase phase);
    [[nodiscard]] bool is_anything_alive() const;
    [[nodiscard]] bool is_everyone_told() const;

    ControlServer& control_;
    const ProjectLog& log_;
    Descriptor signals_;
    std::vector<std::unique_ptr<ServiceRunner>> services_;
    std::vector<std::pair<std::string, std::unique_ptr<FarewellCall>>> farewells_;
    Phase phase_ = Phase::running;
    std::int64_t entered_ = 0;
};

Supervisor::Supervisor(const Plan& plan, ControlServer& control, const ProjectLog& log)
    : control_(control), log_(log), signals_(open_signals())
{
    const auto places = find_group_places();
    remove_groups(places, "skerry-" + plan.stack.id + "-");
    for (const auto& service : plan.stack.services)
        services_.push_back(std::make_unique<ServiceRunner>(plan, service, places, log));
}

void Supervisor::run()
{
    for (const auto& service : services_) service->start();
    while (phase_ != Phase::done) {
        wait();
        handle_signals();
        reap();
        control_.serve([this](const api::Json& question) { return answer(question); });
        go_on_stopping();
    }
    log_.host("stopped");
}

/// Until something happens or is due; what services have written by then is logged.
void Supervisor::wait()
{
    auto due = phase_ == Phase::running ? monotonic_now() + 60'000 : monotonic_now() + stop_step;
    std::vector<pollfd> files{{signals_.get(), POLLIN, 0}};
    for (const auto& service : services_) {
        if (const auto next = service->tick()) due = std::min(due, *next);
        files.push_back({service->output(), POLLIN, 0}); // poll() passes over -1
    }
    control_.add_to(files);
    ::poll(files.data(), files.size(), static_cast<int>(std::max<std::int64_t>(due - monotonic_now(), 0)));
    for (std::size_t index = 0; index < services_.size(); ++index)
        if (files[index + 1].revents != 0) services_[index]->read_output();
}

void Supervisor::handle_signals()
{
    signalfd_siginfo news{};
    while (::read(signals_.get(), &news, sizeof news) == sizeof news)
        if (news.ssi_signo == SIGTERM || news.ssi_signo == SIGINT) begin_stop();
}

void Supervisor::reap()
{
    int status = 0;
    bool ended = false;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0; ended = true)
        for (const auto& service : services_) service->reaped(pid, status);
    if (ended) kill_strays(); // after strays too: each may have left some of its own
}

/// What a root that was killed from outside has left becomes a child of ours.
void Supervisor::kill_strays()
{
    for (const auto pid : children_of(::getpid())) {
        const auto is_root = [&](const auto& service) { return service->root() == pid; };
        if (std::any_of(services_.begin(), services_.end(), is_root)) continue;
        signal_descendants(pid, SIGKILL);
        ::kill(pid, SIGKILL);
    }
}

api::Json Supervisor::answer(const api::Json& question)
{
    if (question["op"].view() == "stop") {
        begin_stop();
    } else if (question["op"].view() != "ps") {
        return api::Json::object({{"error", "unknown op"}});
    }
    auto services = api::Json::array();
    for (const auto& service : services_) services.push(to_json(service->report()));
    return api::Json::object({{"services", services}, {"stopping", phase_ != Phase::running}});
}

void Supervisor::enter(Phase phase)
{
    phase_ = phase;
    entered_ = monotonic_now();
}

void Supervisor::begin_stop()
{
    if (phase_ != Phase::running) return;
    log_.host("stopping");
    for (const auto& service : services_) {
        service->give_up();
        const auto& about = service->service();
        if (about.farewell && service->is_running())
            farewells_.emplace_back(about.name, std::make_unique<FarewellCall>(about.port, *about.farewell));
    }
    enter(Phase::farewells);
}

bool Supervisor::is_anything_alive() const
{
    return std::any_of(services_.begin(), services_.end(),
                       [](const auto& service) { return service->is_alive(); });
}

bool Supervisor::is_everyone_told() const
{
    return std::all_of(farewells_.begin(), farewells_.end(),
                       [](const auto& call) { return call.second->is_done(); });
}

void Supervisor::go_on_stopping()
{
    const auto spent = monotonic_now() - entered_;
    switch (phase_) {
    case Phase::running:
    case Phase::done: return;
    case Phase::farewells:
        if (!is_everyone_told() && spent < farewell_timeout.count() + stop_step) return;
        for (const auto& [name, call] : farewells_)
            log_.host("farewell to " + name + ": " + (call->is_done() ? call->outcome() : "no answer"));
        for (const auto& service : services_) service->terminate();
        return enter(Phase::terminating);
    case Phase::terminating:
        if (!is_anything_alive()) return enter(Phase::done);
        if (spent >= terminate_time) enter(Phase::killing);
        return;
    case Phase::killing:
        for (const auto& service : services_) service->kill();
        kill_strays();
        if (!is_anything_alive() || spent >= kill_time) enter(Phase::done);
        return;
    }
}

/// Whoever asks whether a supervisor lives holds its lock for a moment; another supervisor holds it for good.
FileLock take_lock(const std::filesystem::path& state)
{
    constexpr int tries = 50;
    for (int count = 0; count < tries; ++count) {
        if (auto lock = FileLock::try_acquire(supervisor_lock(state))) return std::move(*lock);
        pause_for(std::chrono::milliseconds(20), {});
    }
    throw Error(Code::conflict, "another supervisor is running");
}

} // namespace

int supervise(const std::filesystem::path& state)
{
    close_inherited();
    const auto lock = take_lock(state);
    const auto plan = read_plan(state);
    make_private_folder(state / "logs");
    ControlServer control(state);
    go_to_background(state / "logs" / "supervisor.log");

    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    write_pid(lock);
    control.listen();
    const ProjectLog log(log_file(state));
    Supervisor(plan, control, log).run();
    return 0;
}

} // namespace skerry::runtime
