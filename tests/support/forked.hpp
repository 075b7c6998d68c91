#pragma once

#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace skerry::test {

/// Another process that runs `body`. Make it while no database is open and no other thread runs here:
/// SQLite's connections must not be carried over. Killed and reaped in the destructor.
class Forked {
public:
    explicit Forked(const std::function<void()>& body)
    {
        std::cout.flush(); // what waits in the buffer must not be written twice
        pid_ = ::fork();
        if (pid_ != 0) return;
        int code = 0;
        try {
            body();
        } catch (const std::exception& fault) {
            [[maybe_unused]] const auto ignored =
                ::write(STDERR_FILENO, fault.what(), __builtin_strlen(fault.what()));
            code = 1;
        }
        ::_exit(code);
    }
    Forked(Forked&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    Forked& operator=(Forked&&) = delete;
    Forked(const Forked&) = delete;
    Forked& operator=(const Forked&) = delete;
    ~Forked()
    {
        if (pid_ <= 0) return;
        signal(SIGKILL);
        wait();
    }

    void signal(int number) const { ::kill(pid_, number); }
    /// Its exit code; 128 + signal when it was killed.
    int wait()
    {
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    pid_t pid_ = -1;
};

} // namespace skerry::test
