#include "runtime/service_runner.hpp"

#include "runtime/home.hpp"
#include "runtime/process_tree.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace skerry::runtime {
namespace {

constexpr std::int64_t look_again =
    10; ///< milliseconds, while something is about to happen that nobody announces
constexpr std::int64_t watch_interval = 1000; ///< milliseconds, for memory where the kernel does not watch it
constexpr std::size_t one_read = 1U << 16U;
constexpr int most_reads_at_the_end = 64;

int code_of_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string group_name(const Stack& stack, const Service& service)
{
    return "skerry-" + stack.id + "-" + service.name;
}

} // namespace

ServiceRunner::ServiceRunner(const Plan& plan, const Service& service, const GroupPlaces& places,
                             const ProjectLog& log)
    : plan_(plan), service_(service), log_(log), group_(places, group_name(plan.stack, service), plan.limits)
{
}

void ServiceRunner::enter(State state)
{
    state_ = state;
    since_ = now();
    entered_ = monotonic_now();
}

void ServiceRunner::start()
{
    log_.host("starting " + service_.name + ": " + shown(service_.command));
    root_ended_ = false;
    starved_ = false;
    out_of_memory_ = group_.out_of_memory_count();
    try {
        process_.emplace(plan_, service_, group_);
        enter(State::starting);
    } catch (const Error& error) { // a program that was removed must not take the other services down
        failed(error.what());
    }
}

void ServiceRunner::read_output()
{
    std::array<char, one_read> part{};
    const auto count = ::read(process_->output(), part.data(), part.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
    if (count > 0) {
        lines_.take({part.data(), static_cast<std::size_t>(count)}, keep);
    } else {
        lines_.finish(keep);
        process_->close_output();
    }
    if (lines.empty()) return;
    last_line_ = lines.back();
    log_.append(service_.name, lines);
}

void ServiceRunner::reaped(pid_t pid, int status)
{
    if (!process_ || pid != process_->root()) return;
    root_ended_ = true;
    exit_code_ = code_of_status(status);
}

std::optional<std::int64_t> ServiceRunner::tick()
{
    if (process_ && root_ended_ && process_->is_gone()) finish();
    if (state_ == State::backing_off && monotonic_now() >= start_at_) {
        ++restarts_;
        start();
    }
    if (state_ == State::starting && process_->has_begun()) {
        has_run_ = true;
        enter(State::running);
    }
    if (state_ == State::backing_off) return start_at_;
    if (state_ == State::starting || root_ended_) return monotonic_now() + look_again;
    if (state_ != State::running || group_.limits_memory()) return std::nullopt;
    if (monotonic_now() >= watch_at_) watch_memory();
    return watch_at_;
}

/// As the kernel does in a control group: the process that has most goes.
void ServiceRunner::watch_memory()
{
    watch_at_ = monotonic_now() + watch_interval;
    const auto memory = process_->memory();
    if (memory.bytes <= plan_.limits.memory) return;
    starved_ = true;
    log_.host("out of memory: killing " + name_of_process(memory.largest) + " of " + service_.name);
    ::kill(memory.largest, SIGKILL);
}

void ServiceRunner::give_up()
{
    given_up_ = true;
    if (state_ == State::backing_off) enter(State::exited);
}

void ServiceRunner::terminate()
{
    if (process_) process_->terminate();
}

void ServiceRunner::kill()
{
    group_.kill();
    if (process_ && !root_ended_) process_->kill();
}

ServiceReport ServiceRunner::report() const
{
    return {{.name = service_.name,
             .state = state_,
             .pid = process_ ? process_->program() : 0,
             .port = service_.port,
             .restarts = restarts_,
             .exit_code = exit_code_,
             .since = since_},
            failure_};
}

/// All of one run is gone: what it still had to say is logged, and what comes next decided.
void ServiceRunner::finish()
{
    for (int reads = 0; process_->output() >= 0 && reads < most_reads_at_the_end; ++reads) read_output();
    has_run_ = has_run_ || process_->has_run();
    process_.reset();
    root_ended_ = false;
    std::error_code ignored; // what a service made unremovable there is met again, and told, when it starts
    if (!service_.own_state) std::filesystem::remove_all(home_of(plan_.stack, service_), ignored);
    if (!given_up_ && !has_run_) return failed(service_.name + ": " + last_line_);
    if (!given_up_) return start_again_later(ending());
    log_.host("stopped " + service_.name + ": " + ending());
    enter(State::exited);
}

/// What never ran will not run the next time either; what once ran may.
void ServiceRunner::failed(const std::string& why)
{
    if (has_run_) return start_again_later(why);
    log_.host("cannot start " + why);
    failure_ = why;
    enter(State::exited);
}

void ServiceRunner::start_again_later(const std::string& how)
{
    const auto wait = backoff_.after(state_ == State::running ? monotonic_now() - entered_ : 0);
    log_.host(service_.name + " ended: " + how + "; starting again in " + for_people(wait));
    start_at_ = monotonic_now() + wait;
    enter(State::backing_off);
}

std::string ServiceRunner::ending() const
{
    const int code = exit_code_.value_or(0);
    const auto how = process::Ending{code, code > 128 ? code - 128 : 0}.text();
    if (!starved_ && group_.out_of_memory_count() == out_of_memory_) return how;
    return "out of memory (" + text_of(plan_.limits) + "), " + how;
}

} // namespace skerry::runtime
