#include "auth/turnstile.hpp"
#include "util/error.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <thread>
#include <vector>

namespace skerry::turnstile_test {

TEST_CASE("so many get in, so many wait, and who comes then is sent away")
{
    auth::Turnstile turnstile(1, 1);
    std::atomic<bool> got_in = false;
    std::thread second;
    {
        const auto first = turnstile.take();
        second = std::thread([&] {
            const auto turn = turnstile.take();
            got_in = true;
        });
        while (turnstile.waiting() == 0) std::this_thread::yield();
        CHECK_FALSE(got_in);
        CHECK_THROWS_WITH_AS((void)turnstile.take(), "too many passwords are being checked", Error);
        CHECK_FALSE(got_in);
    }
    second.join();
    CHECK(got_in);
    CHECK(turnstile.waiting() == 0);
}

TEST_CASE("a turn that ends with an exception is given back")
{
    auth::Turnstile turnstile(1, 0);
    try {
        const auto turn = turnstile.take();
        throw 1;
    } catch (int) {
        CHECK_NOTHROW((void)turnstile.take());
    }
}

TEST_CASE("never more than are let in are inside")
{
    auth::Turnstile turnstile(2, 100);
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round) {
                const auto turn = turnstile.take();
                const int here = ++inside;
                int before = most.load();
                while (before < here && !most.compare_exchange_weak(before, here)) {
                }
                std::this_thread::yield();
                --inside;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(most <= 2);
    CHECK(inside == 0);
}

} // namespace skerry::turnstile_test
