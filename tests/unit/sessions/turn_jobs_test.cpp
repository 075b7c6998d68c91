#include "sessions/turn_jobs.hpp"
#include "support/conversation.hpp"

#include <doctest/doctest.h>

using namespace skerry;

TEST_CASE("the job of a turn is found however many wait behind it")
{
    test::Conversation db;
    const auto first = db.add_turn("first");
    CHECK_FALSE(sessions::job_of(db, first));
    const auto job = queue::add(db, sessions::PerformTurn{.turn = first.id}, {.key = db.project.value}).id;
    for (int i = 0; i < 60; ++i) {
        const auto later = db.add_turn("later" + std::to_string(i));
        queue::add(db, sessions::PerformTurn{.turn = later.id}, {.key = db.project.value});
    }
    REQUIRE(sessions::job_of(db, first));
    CHECK(sessions::job_of(db, first)->id == job);

    const auto again =
        queue::add(db, sessions::PerformTurn{.turn = first.id, .renewed = true}, {.key = db.project.value})
            .id;
    CHECK(sessions::job_of(db, first)->id == again);
}
