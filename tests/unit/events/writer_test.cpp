#include "db/migrate.hpp"
#include "events/event_log.hpp"
#include "events/writer.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <stdexcept>
#include <thread>
#include <vector>

namespace skerry::writer_test {

struct World {
    TemporaryFolder folder;
    Paths paths{folder.path()};
    db::Connection db{prepared(paths)};
    events::Writer writer{paths};

    World() { db::migrate(db, {}); }

    static std::filesystem::path prepared(const Paths& paths)
    {
        make_private_folder(paths.running());
        return paths.database();
    }
    std::vector<std::string> types()
    {
        std::vector<std::string> found;
        for (const auto& event : events::read(db, {}, 0)) found.push_back(event.fact.type);
        return found;
    }
};

TEST_CASE("what many threads write at the same moment is all there, each in its own order")
{
    World world;
    constexpr int writers = 8;
    constexpr int rows = 50;
    {
        std::vector<std::jthread> threads;
        for (int number = 0; number < writers; ++number)
            threads.emplace_back([&, number] {
                for (int row = 0; row < rows; ++row)
                    world.writer.write([&](db::Connection& db) {
                        events::append(db, {.type = "test", .job = number + 1, .payload = api::Json(row)});
                    });
            });
    }
    std::vector<int> next(writers + 1, 0);
    const auto all = events::read(world.db, {}, 0, writers * rows + 1);
    CHECK(all.size() == std::size_t(writers) * rows);
    for (const auto& event : all)
        CHECK(event.fact.payload.number() == next.at(static_cast<std::size_t>(event.fact.job))++);
}

TEST_CASE("who cannot write harms nobody who writes with him")
{
    World world;
    std::atomic<bool> begun = false;
    const std::jthread slow([&] { // the others wait for it, and are then written together
        world.writer.write([&](db::Connection& db) {
            begun = true;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            events::append(db, {.type = "slow"});
        });
    });
    while (!begun) std::this_thread::yield();
    const std::jthread bad([&] {
        CHECK_THROWS_WITH_AS(world.writer.write([](db::Connection& db) {
            events::append(db, {.type = "half"});
            throw Error(Code::conflict, "not mine");
        }),
                             "not mine", Error);
    });
    world.writer.write([](db::Connection& db) { events::append(db, {.type = "good"}); });
    CHECK(world.types() == std::vector<std::string>{"slow", "good"});
}

TEST_CASE("why nothing could be written is said to everybody")
{
    World world;
    CHECK_THROWS_AS(world.writer.write([](db::Connection& db) { db::execute(db, "rollback"); }), Error);
    world.writer.write([](db::Connection& db) { events::append(db, {.type = "after"}); });
    CHECK(world.types() == std::vector<std::string>{"after"});
}

} // namespace skerry::writer_test
