#include "cli/interruption.hpp"

#include <doctest/doctest.h>
#include <semaphore>
#include <unistd.h>

using skerry::cli::Interruption;

TEST_CASE("signals are counted and wake whoever waits")
{
    std::counting_semaphore<> woken{0};
    Interruption interruption([&] { woken.release(); });
    CHECK(interruption.signal() == 0);

    ::kill(::getpid(), SIGINT);
    woken.acquire();
    CHECK(interruption.presses() == 1);
    CHECK(interruption.signal() == SIGINT);

    ::kill(::getpid(), SIGINT);
    woken.acquire();
    CHECK(interruption.presses() == 2);

    ::kill(::getpid(), SIGTERM);
    woken.acquire();
    CHECK(interruption.presses() == 2);
    CHECK(interruption.signal() == SIGTERM);
}
