#include "exec/command_run.hpp"

#include "exec/process_list.hpp"
#include "util/deadline.hpp"
#include "util/error.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <optional>
#include <sys/eventfd.h>
#include <thread>

namespace skerry::exec {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t longest_line = 15'000; ///< as much as a line of a job's log holds
constexpr milliseconds beat{5};              ///< how often a group that is to end is looked at

/// The pipes between us and the command.
class Pipes {
public:
    explicit Pipes(const Listeners& listeners)
        : ends_{make_pipe(), make_pipe(), make_pipe()}, lines_(listeners.output, longest_line),
          errors_(listeners.errors, longest_line), sinks_{[this](auto part) { lines_.add(part); },
                                                          [this](auto part) { errors_.add(part); },
                                                          listeners.messages},
          outputs_{process::Output(std::move(ends_[0].read), sinks_[0]),
                   process::Output(std::move(ends_[1].read), sinks_[1]),
                   process::Output(std::move(ends_[2].read), sinks_[2])}
    {
    }
    Pipes(const Pipes&) = delete;
    Pipes& operator=(const Pipes&) = delete;
    ~Pipes() = default;

    [[nodiscard]] int output() const { return ends_[0].write.get(); }
    [[nodiscard]] int errors() const { return ends_[1].write.get(); }
    [[nodiscard]] int messages() const { return ends_[2].write.get(); }
    /// To be called when the command has them.
    void close_ours()
    {
        for (auto& pipe : ends_) pipe.write.close();
    }

    /// Until something was written, one of the files is ready, or the deadline.
    void wait(const Deadline& deadline, pollfd child, pollfd bell) const
    {
        std::array<pollfd, 5> files{outputs_[0].awaited(), outputs_[1].awaited(), outputs_[2].awaited(),
                                    child, bell};
        (void)deadline.wait(files);
    }

    std::size_t read_some()
    {
        std::size_t count = 0;
        for (auto& output : outputs_) count += output.read_some();
        return count;
    }

    /// What the command itself wrote is in the pipes by now; who still writes is no longer heard.
    void read_rest()
    {
        constexpr std::size_t size_of_pipes = 3U << 20U; // as large as they can be made
        for (std::size_t count = 0, more = 1; more > 0 && count < size_of_pipes; count += more)
            more = read_some();
        lines_.finish();
        errors_.finish();
    }

private:
    std::array<Pipe, 3> ends_;
    process::Lines lines_;
    process::Lines errors_;
    std::array<process::Sink, 3> sinks_;
    std::array<process::Output, 3> outputs_;
};

/// A command while it runs.
class Running {
public:
    Running(const process::Command& command, AttemptLock& lock, const Listeners& listeners,
            const std::stop_token& stop, const Patience& patience)
        : lock_(lock), patience_(patience), pipes_(listeners),
          bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          ring_(stop, [this] { ::eventfd_write(bell_.get(), 1); }),
          child_(start(command, lock.descriptor(), pipes_))
    {
        pipes_.close_ours();
        lock_.hand_over(child_.pid());
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    /// Until it has ended by itself, or `stop` is requested; whether it has ended.
    bool follow(const std::stop_token& stop)
    {
        constexpr milliseconds long_time = std::chrono::hours(1);
        while (!child_.poll() && !stop.stop_requested()) {
            pipes_.wait(Deadline(long_time), {child_.handle(), POLLIN, 0}, {bell_.get(), POLLIN, 0});
            pipes_.read_some();
        }
        return child_.poll().has_value();
    }

    /// Ends what is there of the group. It may say more than fits into the pipes while it does.
    void end_group()
    {
        // The lock tells at once; whoever of the group has closed it is killed by the child's destructor.
        if (child_.poll() && lock_.is_free()) return;
        if (is_gone()) return;
        child_.signal(SIGTERM);
        child_.signal(SIGCONT); // one that stands still does not heed TERM
        const Deadline grace(patience_.grace);
        while (!is_gone() && !grace.over()) {
            pipes_.wait(Deadline(beat), {child_.poll() ? -1 : child_.handle(), POLLIN, 0}, {-1, 0, 0});
            pipes_.read_some();
        }
        if (is_gone()) return;
        child_.signal(SIGKILL);
        const Deadline bound(patience_.bound);
        while (!is_gone() && !bound.over()) std::this_thread::sleep_for(milliseconds(1));
    }

    process::Ending finish()
    {
        pipes_.read_rest();
        return *child_.poll();
    }

private:
    static process::Child start(process::Command command, int lock, const Pipes& pipes)
    {
        command.kept = {pipes.messages(), lock};
        return {command, pipes.output(), pipes.errors()};
    }

    /// Whether nobody of the group is left; who has left the group is to live.
    bool is_gone() { return child_.poll() && members_of(child_.pid()).empty(); }

    AttemptLock& lock_;
    const Patience& patience_;
    Pipes pipes_;
    Descriptor bell_;
    std::stop_callback<std::function<void()>> ring_;
    process::Child child_;
};

} // namespace

process::Ending run_command(process::Command command, AttemptLock& lock, const Listeners& listeners,
                            const std::stop_token& stop, const Patience& patience)
{
    const auto stopped = [&] { return Error(Code::cancelled, command.words.at(0) + " was stopped"); };
    if (stop.stop_requested()) throw stopped();
    Running running(command, lock, listeners, stop, patience);
    bool ended = false;
    try {
        ended = running.follow(stop);
    } catch (...) {
        running.end_group();
        throw;
    }
    running.end_group();
    const auto ending = running.finish();
    if (!ended) throw stopped();
    return ending;
}

} // namespace skerry::exec
