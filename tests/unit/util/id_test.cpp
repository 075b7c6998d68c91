#include "util/clock.hpp"
#include "util/id.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

using namespace skerry;

namespace {

bool is_hex(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

TEST_CASE("a random id is twelve hexadecimal digits, and another one each time")
{
    std::set<std::string> ids;
    for (int number = 0; number < 1000; ++number) ids.insert(random_id());
    CHECK(ids.size() == 1000);
    CHECK(std::all_of(ids.begin(), ids.end(), [](const auto& id) { return id.size() == 12 && is_hex(id); }));
}

TEST_CASE("random digits come in any number")
{
    CHECK(random_hex(0).empty());
    CHECK(random_hex(32).size() == 64);
    const auto much = random_hex(100'000); // more than the kernel gives at once
    CHECK(much.size() == 200'000);
    CHECK(is_hex(much));
    CHECK(much.substr(much.size() - 64) != std::string(64, '0'));
}

TEST_CASE("a message id has the agent's form: a prefix, twelve digits of time, fourteen letters and digits")
{
    const auto before = now();
    const auto id = message_id();
    CHECK(id.size() == 30);
    CHECK(id.starts_with("msg_"));
    CHECK(is_hex(id.substr(4, 12)));
    CHECK(std::all_of(id.begin() + 16, id.end(),
                      [](unsigned char letter) { return std::isalnum(letter) != 0; }));
    const auto number = std::stoull(id.substr(4, 12), nullptr, 16);
    CHECK(number >= ((static_cast<unsigned long long>(before) << 12U) & 0xffff'ffff'ffffULL));
}

TEST_CASE("message ids ascend, however fast they are asked for")
{
    std::vector<std::string> ids;
    for (int number = 0; number < 50; ++number) ids.push_back(message_id());
    CHECK(std::is_sorted(ids.begin(), ids.end()));
    CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
}

TEST_CASE("the millisecond of a message id is over when it is given out: whoever comes later is later")
{
    for (int number = 0; number < 20; ++number) {
        const auto id = message_id();
        const auto later = (static_cast<unsigned long long>(now()) << 12U) & 0xffff'ffff'ffffULL;
        CHECK(std::stoull(id.substr(4, 12), nullptr, 16) < later);
    }
}

TEST_CASE("threads get message ids of their own, and each sees its own ascend")
{
    std::vector<std::vector<std::string>> given(4);
    {
        std::vector<std::jthread> threads;
        for (auto& ids : given)
            threads.emplace_back([&ids] {
                for (int number = 0; number < 20; ++number) ids.push_back(message_id());
            });
    }
    std::set<std::string> times;
    for (const auto& ids : given) {
        CHECK(std::is_sorted(ids.begin(), ids.end()));
        for (const auto& id : ids) times.insert(id.substr(0, 16));
    }
    CHECK(times.size() == 80);
}

TEST_CASE("ids of things can be keys")
{
    struct Boat;
    const Id<Boat> one("a");
    const Id<Boat> other("b");
    CHECK(one < other);
    CHECK(Id<Boat>().empty());
    CHECK(std::unordered_set<Id<Boat>>{one, other, one}.size() == 2);
}
