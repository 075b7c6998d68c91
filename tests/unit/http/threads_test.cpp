#include "http/threads.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <latch>

using namespace std::chrono_literals;
using skerry::http::Threads;

TEST_CASE("tasks that are added are done, also those that wait at the end")
{
    std::atomic<int> done = 0;
    Threads threads(4, 100);
    for (int left = 100; left > 0; --left) threads.add([&] { ++done; });
    threads.finish();
    CHECK(done == 100);
}

TEST_CASE("tasks that hold their threads up are given more of them, up to the limit")
{
    constexpr int most = 40;
    std::latch all_there(most + 1);
    std::latch open(1);
    std::atomic<int> done = 0;
    Threads threads(most, most);
    for (int left = most; left > 0; --left)
        threads.add([&] {
            all_there.arrive_and_wait();
            open.wait();
            ++done;
        });
    while (threads.relieve()) std::this_thread::yield(); // until the last has a thread
    all_there.arrive_and_wait();
    for (int left = most; left > 0; --left) CHECK(threads.add([&] { ++done; }));
    CHECK_FALSE(threads.add([&] { ++done; })); // so many may wait, and no more
    CHECK(threads.relieve());                  // there is no thread for them, and there will not be one
    CHECK(threads.is_crowded());
    CHECK(done == 0);
    open.count_down();
    threads.finish();
    CHECK(done == 2 * most);
}
