#include "auth/hash_threads.hpp"
#include "util/retry_later.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <stdexcept>
#include <thread>
#include <vector>

namespace skerry::hash_threads_test {

TEST_CASE("so many are computed, so many wait, and who comes then is sent away and told when to come back")
{
    auth::HashThreads threads(1, 1);
    std::promise<void> begun;
    std::promise<void> may_end;
    std::thread first([&] {
        threads.perform([&] {
            begun.set_value();
            may_end.get_future().wait();
            return std::string();
        });
    });
    begun.get_future().wait();
    std::string waited_for;
    std::thread second([&] { waited_for = threads.perform([] { return std::string("second"); }); });
    while (threads.waiting() == 0) std::this_thread::yield();
    try {
        threads.perform([] { return std::string(); });
        FAIL("it was let in");
    } catch (const RetryLater& fault) {
        CHECK(fault.code() == Code::unavailable);
        CHECK(fault.wait() == std::chrono::seconds(1));
    }
    may_end.set_value();
    first.join();
    second.join();
    CHECK(waited_for == "second");
}

TEST_CASE("what fails is told to who asked, and the thread goes on")
{
    auth::HashThreads threads(1, 0);
    CHECK_THROWS_WITH(threads.perform([]() -> std::string { throw std::runtime_error("no"); }), "no");
    CHECK(threads.perform([] { return std::string("yes"); }) == "yes");
}

TEST_CASE("never more than are let in are computed at a time, and none on the thread that asks")
{
    auth::HashThreads threads(2, 100);
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    std::atomic<bool> is_own = false;
    const auto work = [&](std::thread::id asking) {
        const int here = ++inside;
        int before = most.load();
        while (before < here && !most.compare_exchange_weak(before, here)) {
        }
        if (std::this_thread::get_id() == asking) is_own = true;
        std::this_thread::yield();
        --inside;
        return std::string();
    };
    std::vector<std::thread> askers;
    for (int i = 0; i < 8; ++i)
        askers.emplace_back([&] {
            for (int round = 0; round < 200; ++round)
                threads.perform([&, asking = std::this_thread::get_id()] { return work(asking); });
        });
    for (auto& asker : askers) asker.join();
    CHECK(most <= 2);
    CHECK(inside == 0);
    CHECK_FALSE(is_own);
}

} // namespace skerry::hash_threads_test
