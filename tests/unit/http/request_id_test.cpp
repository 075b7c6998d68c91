#include "http/request_id.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

TEST_CASE("requests have different ids, on whatever thread")
{
    constexpr int each = 1000;
    std::mutex lock;
    std::set<std::string> ids;
    std::vector<std::thread> threads;
    for (int number = 0; number < 4; ++number)
        threads.emplace_back([&] {
            for (int left = each; left > 0; --left) {
                const std::lock_guard guard(lock);
                ids.insert(skerry::http::next_request_id());
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(ids.size() == 4 * each);
    CHECK(std::all_of(ids.begin(), ids.end(), [](std::string_view id) {
        return id.size() == 16 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    }));
}
