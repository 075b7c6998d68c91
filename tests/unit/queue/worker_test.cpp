#include "queue/queue.hpp"
#include "queue/worker.hpp"
#include "support/jobs.hpp"
#include "util/bell.hpp"
#include "util/files.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <thread>

/// What its threads do together: here, and not among the integration tests, for those start processes, which
/// the thread sanitizer does not stand.
namespace skerry::queue_test {
namespace {

struct Tick : test::Note {
    static constexpr queue::Policy policy{.kind = "test.tick"};
    explicit Tick(std::string words = "tick") : Note{std::move(words)} {}
};
constexpr auto fields(api::Tag<Tick>)
{
    return fields(api::Tag<test::Note>{});
}

std::atomic<int>& ticks()
{
    static std::atomic<int> count = 0;
    return count;
}

void tick(queue::Run& run, const Tick& args)
{
    ++ticks();
    run.progress(0.5, args.text);
    run.commit([text = args.text](db::Connection& db) { test::write_event(db, "ticked", text); });
    if (args.text == "stay")
        while (!run.stop.stop_requested()) std::this_thread::yield();
    run.throw_if_cancelled();
}

const std::array tick_rows{queue::handler<Tick, tick>()};
const queue::Kinds tick_kinds{tick_rows};

struct Shop {
    TemporaryFolder folder;
    App app{Paths(folder.path()), {}};
    db::Connection db;

    Shop() : db((make_private_folder(app.paths.running()), app.paths.database()), db::Role::worker)
    {
        db::migrate(db, {});
    }
};

} // namespace

TEST_CASE("workers side by side perform each job once, and write what belongs to its success once")
{
    Shop shop;
    constexpr int jobs = 120;
    ticks() = 0;
    for (int number = 0; number < jobs; ++number)
        queue::add(shop.db, Tick{std::to_string(number)}, {.key = number % 4 == 0 ? "key" : ""});
    const auto work = [&] {
        queue::Worker(shop.app, tick_kinds, {.concurrency = 4}).work({}, [](db::Connection& db) {
            return !queue::has_work(db);
        });
    };
    {
        const std::jthread other(work);
        work();
    }
    CHECK(ticks() == jobs);
    CHECK(test::told(shop.db, "ticked").size() == jobs);
    CHECK(queue::list(shop.db, {.state = "succeeded", .limit = 1000}).size() == jobs);
}

TEST_CASE("a job that runs is cancelled from another thread while others come and go")
{
    Shop shop;
    ticks() = 0;
    const auto held = queue::add(shop.db, Tick{"stay"}).id;
    std::jthread worker([&](const std::stop_token& stop) {
        queue::Worker(shop.app, tick_kinds, {.concurrency = 2}).work(stop);
    });
    for (int number = 1; number <= 20; ++number) {
        queue::add(shop.db, Tick{"go"});
        Bell::ring(shop.app.paths.running());
        while (ticks() <= number) std::this_thread::yield();
    }
    CHECK(queue::cancel(shop.app.paths, shop.db, tick_kinds, held) == queue::Cancelled::asked);
    while (!queue::is_finished(queue::require(shop.db, held).state)) std::this_thread::yield();
    CHECK(queue::require(shop.db, held).state == queue::State::cancelled);
    CHECK(test::told(shop.db, "ticked").size() >= 19); // the last one may still be on its way
}

} // namespace skerry::queue_test
