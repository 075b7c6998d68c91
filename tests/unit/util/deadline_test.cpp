#include "util/deadline.hpp"
#include "util/descriptor.hpp"

#include <array>
#include <csignal>
#include <doctest/doctest.h>
#include <pthread.h>
#include <thread>
#include <unistd.h>

using namespace skerry;
using namespace std::chrono_literals;

TEST_CASE("a deadline is over when its time has passed")
{
    CHECK(Deadline(0ms).over());
    CHECK(Deadline(-1h).over());
    CHECK_FALSE(Deadline(1h).over());
    CHECK_FALSE(Deadline(std::chrono::milliseconds::max()).over());
    CHECK(Deadline(std::chrono::milliseconds::min()).over());
}

TEST_CASE("a file that is ready counts, also after the time")
{
    const auto pipe = make_pipe();
    std::array<pollfd, 2> files{pollfd{-1, POLLIN, 0}, pollfd{pipe.read.get(), POLLIN, 0}};
    CHECK_FALSE(Deadline(1ms).wait(files));
    REQUIRE(::write(pipe.write.get(), "!", 1) == 1);
    CHECK(Deadline(1h).wait(files));
    CHECK(Deadline(0ms).wait(files));
}

TEST_CASE("signals do not cut a wait short")
{
    struct sigaction before {};
    struct sigaction heard {};
    heard.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &heard, &before);
    const auto pipe = make_pipe();
    const pthread_t waiting = ::pthread_self();
    std::jthread nuisance([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            ::pthread_kill(waiting, SIGUSR1);
            std::this_thread::yield();
        }
    });
    std::array<pollfd, 1> files{pollfd{pipe.read.get(), POLLIN, 0}};
    const Deadline deadline(50ms);
    CHECK_FALSE(deadline.wait(files));
    CHECK(deadline.over());
    nuisance.request_stop();
    nuisance.join();
    ::sigaction(SIGUSR1, &before, nullptr);
}
