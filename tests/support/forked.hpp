#pragma once

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace skerry::test {

/// A copy of the test program that does one thing and ends with 0 when nothing was thrown. It ends without
/// the cleanup of the program whose copy it is, and is killed when the test leaves it behind.
class Forked {
public:
    explicit Forked(const std::function<void()>& action)
    {
        std::fflush(nullptr); // what waits in a buffer must not be written twice
        std::cout.flush();
        pid_ = ::fork();
        if (pid_ == 0) perform(action);
    }
    Forked(Forked&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    Forked(const Forked&) = delete;
    Forked& operator=(const Forked&) = delete;
    Forked& operator=(Forked&&) = delete;
    ~Forked()
    {
        if (pid_ > 0) kill();
        wait();
    }

    [[nodiscard]] pid_t pid() const { return pid_; }

    void signal(int number) const { ::kill(pid_, number); }
    void kill() const { signal(SIGKILL); }

    /// Its exit code when it has ended, 128 + signal after a signal.
    int wait()
    {
        if (pid_ <= 0) return -1;
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    [[noreturn]] static void perform(const std::function<void()>& action)
    {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        try {
            action();
            std::_Exit(0);
        } catch (const std::exception& fault) {
            std::fprintf(stderr, "process %d: %s\n", static_cast<int>(::getpid()), fault.what());
            std::_Exit(1);
        }
    }

    pid_t pid_ = -1;
};

/// `count` copies that do the same at once; how many of them ended well.
inline int all_at_once(int count, const std::function<void(int)>& action)
{
    std::vector<Forked> copies;
    for (int number = 0; number < count; ++number) copies.emplace_back([&] { action(number); });
    int good = 0;
    for (auto& copy : copies) good += copy.wait() == 0 ? 1 : 0;
    return good;
}

/// Whether such a process is there and not merely waiting to be reaped.
inline bool is_running(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    const auto name_end = text.rfind(") ");
    return name_end != std::string::npos && text.at(name_end + 2) != 'Z' && text.at(name_end + 2) != 'X';
}

/// Waits until `is_true()`; false when that does not happen for long.
template <class Condition> bool becomes_true(const Condition& is_true)
{
    for (int attempt = 0; attempt < 20'000; ++attempt) {
        if (is_true()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

} // namespace skerry::test
