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

struct Told {
    int syncs = 0;  ///< how many there were
    int first = 0;  ///< what the first was told
    int failed = 0; ///< how many of the others were told of the fault
};

/// One waits already when four others come. The second sync fails.
Told five_at_once()
{
    db::SharedSync shared;
    std::atomic<int> syncs = 0;
    std::atomic<int> came = 0;
    std::atomic<int> failed = 0;
    const auto sync = [&] {
        const int number = ++syncs;
        while (number == 1 && came < 4) std::this_thread::yield();
        return number == 2 ? 10 : 0;
    };
    int told_first = 0;
    std::thread first([&] { told_first = shared.wait(sync); });
    while (syncs == 0) std::this_thread::yield();
    in_threads(4, [&] {
        ++came;
        if (shared.wait(sync) == 10) ++failed;
    });
    first.join();
    return {syncs, told_first, failed};
}

} // namespace

TEST_CASE("who is alone waits for a sync of its own")
{
    db::SharedSync shared;
    int syncs = 0;
    for (int turn = 0; turn < 3; ++turn) CHECK(shared.wait([&] { return ++syncs, 0; }) == 0);
    CHECK(syncs == 3);
}

TEST_CASE("those that come during a sync share the next, and are all told how it ended")
{
    auto told = five_at_once();
    for (int tries = 0; told.syncs != 2; told = five_at_once()) REQUIRE(++tries < 1000); // one may come late
    CHECK(told.failed == 4);
    CHECK(told.first == 0);
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
