#include "sessions/limits.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using namespace std::chrono_literals;

namespace {

sessions::Turn limited_turn()
{
    sessions::Turn turn;
    turn.sent_at = 1'000;
    turn.terms.timeout = 10'000;
    turn.terms.max_cost = 1.0;
    turn.terms.max_steps = 5;
    return turn;
}

} // namespace

TEST_CASE("a turn's time runs from when its prompt was sent")
{
    auto turn = limited_turn();
    CHECK(sessions::time_left(turn, 4'000) == 7s);
    CHECK(sessions::time_left(turn, 40'000) == 1ms);
    turn.sent_at.reset();
    CHECK(sessions::time_left(turn, 4'000) == 10s);
    turn.terms.timeout.reset();
    CHECK_FALSE(sessions::time_left(turn, 4'000));
}

TEST_CASE("a turn that follows gets what is left of the limits, if something is left of each")
{
    const auto turn = limited_turn();
    const auto left = sessions::terms_left(turn, {.cost = 0.25, .steps = 3}, 4'000);
    REQUIRE(left);
    CHECK(left->timeout == 7'000);
    CHECK(left->max_cost == 0.75);
    CHECK(left->max_steps == 2);

    CHECK_FALSE(sessions::terms_left(turn, {.cost = 1.0}, 4'000));
    CHECK_FALSE(sessions::terms_left(turn, {.steps = 5}, 4'000));
    CHECK_FALSE(sessions::terms_left(turn, {}, 11'000));
    CHECK(sessions::terms_left(sessions::Turn(), {.cost = 9, .steps = 9}, 11'000));
}
