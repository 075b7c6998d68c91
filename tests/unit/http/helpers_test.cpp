#include "http/helpers.hpp"

#include <algorithm>
#include <atomic>
#include <doctest/doctest.h>
#include <latch>

using skerry::http::Helpers;

TEST_CASE("something is done once for each, again and again, with and without helpers")
{
    for (const std::size_t helpers : {0, 1, 3}) {
        CAPTURE(helpers);
        Helpers crew(helpers);
        for (const std::size_t count : {0, 1, 16, 17, 1000}) {
            std::vector<int> done(count, 0);
            crew.for_each(count, [&](std::size_t number) { ++done[number]; });
            CHECK(std::count(done.begin(), done.end(), 1) == static_cast<std::ptrdiff_t>(count));
        }
    }
}

TEST_CASE("helpers work beside the one they help")
{
    Helpers crew(1);
    std::latch both(2); // opens only when two threads have come to it
    std::atomic<int> done = 0;
    crew.for_each(32, [&](std::size_t number) {
        if (number % 16 == 0) both.arrive_and_wait();
        ++done;
    });
    CHECK(done == 32);
}
