#include "db/shared_sync.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <thread>
#include <vector>

using namespace skerry;

namespace {

void in_threads(int count, const std::function<void()>& work)
{
    std::vector<std::thread> threads;
    for (int thread = 0; thread < count; ++thread) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
}

/// How many syncs it takes for one that waits already, and four that come while it does.
int syncs_of_five()
{
    db::SharedSync shared;
    std::atomic<int> syncs = 0;
    std::atomic<int> came = 0;
    const auto sync = [&] {
        if (++syncs == 1)
            while (came < 4) std::this_thread::yield();
        return 0;
    };
    std::thread first([&] { shared.wait(sync); });
    while (syncs == 0) std::this_thread::yield();
    in_threads(4, [&] {
        ++came;
        shared.wait(sync);
    });
    first.join();
    return syncs;
}

} // namespace

TEST_CASE("who is alone waits for a sync of its own")
{
    db::SharedSync shared;
    int syncs = 0;
    for (int turn = 0; turn < 3; ++turn) CHECK(shared.wait([&] { return ++syncs, 0; }) == 0);
    CHECK(syncs == 3);
}

TEST_CASE("those that come during a sync share the next")
{
    int tries = 0;
    while (syncs_of_five() != 2) REQUIRE(++tries < 1000); // one may come late
}

TEST_CASE("nobody is let go by a sync that began before they had written")
{
    db::SharedSync shared;
    std::atomic<int> written = 0;
    std::atomic<int> on_disk = 0;
    std::atomic<int> at_once = 0;
    std::atomic<int> broken = 0;
    const auto sync = [&] {
        if (++at_once != 1) ++broken;
        on_disk = written.load();
        --at_once;
        return 0;
    };
    in_threads(8, [&] {
        for (int turn = 0; turn < 500; ++turn) {
            const int mine = ++written;
            shared.wait(sync);
            if (on_disk < mine) ++broken;
        }
    });
    CHECK(broken == 0);
}

TEST_CASE("a sync that fails is told to all that waited for it, and to nobody later")
{
    db::SharedSync shared;
    std::atomic<int> told = 0;
    in_threads(4, [&] { told += shared.wait([] { return 10; }) == 10 ? 1 : 0; });
    CHECK(told == 4);
    CHECK(shared.wait([] { return 0; }) == 0);
}
