/// Measures one case of the queue once; called by run.py.
///
///     queue_bench enqueue FOLDER n= batch= sync=normal|full
///     queue_bench drain   FOLDER n=              queue_bench pickup FOLDER n= sync=
///     queue_bench fill    FOLDER with=pending|finished|scheduled|blocked n=
///     queue_bench grown   FOLDER with= n=        (the folder was filled before)
///     queue_bench cancel  FOLDER n=              queue_bench death  FOLDER n=

#include "bench/measure.hpp"
#include "bench/queue_jobs.hpp"
#include "db/library.hpp"
#include "db/migrate.hpp"
#include "queue/job_store.hpp"
#include "queue/queue.hpp"
#include "queue/worker.hpp"
#include "support/forked.hpp"
#include "util/bell.hpp"
#include "util/clock.hpp"
#include "util/files.hpp"
#include "util/ringer.hpp"

#include <unistd.h>

namespace skerry::bench {
namespace {

constexpr int slots = 8;

struct Place {
    App app;
    db::Connection db;
    Ringer ringer;

    explicit Place(const std::filesystem::path& folder)
        : app{.paths = Paths(folder), .settings = {}}, db(made(app.paths), db::Role::worker),
          ringer(app.paths.running())
    {
        db::migrate(db, app.paths.backups());
    }

    void use(const Options& options)
    {
        db.set_durability(options.text("sync", "normal") == "full" ? db::Durability::full
                                                                   : db::Durability::normal);
    }
    /// As a command does: commit, then ring.
    template <class Args> queue::JobId submit(const Args& args, const queue::Order& order = {})
    {
        const auto id = queue::add(db, args, order).id;
        ringer.ring();
        return id;
    }

private:
    static std::filesystem::path made(const Paths& paths)
    {
        make_private_folder(paths.running());
        return paths.database();
    }
};

/// Adds jobs in transactions of `batch`.
void add_many(Place& place, int count, int batch, const queue::Order& order = {})
{
    for (int done = 0; done < count;) {
        db::Transaction transaction(place.db);
        const int more = std::min(batch, count - done);
        queue::add_many(place.db, std::vector<Nothing>(static_cast<std::size_t>(more)), order);
        transaction.commit();
        done += more;
    }
}

Measured enqueue(Place& place, const Options& options)
{
    const int count = options.number("n", 10'000), batch = options.number("batch", 1);
    place.use(options);
    add_many(place, 200, 1);
    const auto begun = nanoseconds();
    if (batch > 1)
        add_many(place, count, batch);
    else
        for (int number = 0; number < count; ++number) place.submit(Nothing{});
    return {{"rate", count / seconds_since(begun)}};
}

/// Performs `count` jobs, whatever else is there, or as many as can be done in a while. What stands in the
/// way of the first one is told apart.
Measured perform(Place& place, int count, int concurrency)
{
    constexpr double long_enough = 10;
    const auto begun = nanoseconds();
    queue::Worker(place.app, kinds(), {.concurrency = concurrency}).work({}, [&](db::Connection&) {
        return performed().count >= count || seconds_since(begun) > long_enough;
    });
    const std::int64_t first = performed().first;
    return {{"rate", performed().count / seconds_since(first)},
            {"first", static_cast<double>(first - begun) / 1e6}};
}

/// Whole lives: until the last one is in the history.
Measured drain(Place& place, const Options& options)
{
    const int count = options.number("n", 20'000);
    add_many(place, count, 1'000);
    const auto begun = nanoseconds();
    queue::Worker(place.app, kinds(), {.concurrency = options.number("slots", slots)})
        .work({}, [&](db::Connection& db) { return performed().count >= count && !queue::has_work(db); });
    return {{"rate", count / seconds_since(begun)}};
}

void finish_all(db::Connection& db)
{
    db::execute(db, "update jobs set state = 5, lease = 1, attempt = 1, finished_at = run_at");
    db::execute(db, "insert into attempts(job_id, lease, worker, started_at, ended_at, outcome) "
                    "select id, 1, 'worker-of-before', created_at, finished_at, 'succeeded' from jobs");
}

Measured fill(Place& place, const Options& options)
{
    constexpr int batch = 50'000;
    constexpr Time day = 86'400'000;
    const auto with = options.text("with", "nothing");
    queue::Order order;
    if (with == "scheduled") order.run_at = now() + day;
    if (with == "blocked") {
        order.key = "busy";
        queue::add(place.db, Hold{}, order);
    }
    add_many(place, with == "nothing" ? 0 : options.number("n", 1'000'000), batch, order);
    if (with == "finished") {
        db::Transaction transaction(place.db);
        finish_all(place.db);
        transaction.commit();
    }
    place.db.checkpoint();
    return {};
}

/// Claim and finish in a table that fill() has filled.
Measured grown(Place& place, const Options& options)
{
    const int count = options.number("n", 20'000);
    const auto with = options.text("with", "nothing");
    if (with != "pending") add_many(place, count, 1'000);
    return perform(place, count, with == "blocked" ? slots + 1 : slots);
}

/// What jobs in other processes say.
class Pipe {
public:
    Pipe()
    {
        if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe()
    {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }

    [[nodiscard]] int end_for_writing() const { return ends_[1]; }
    [[nodiscard]] Message next() const
    {
        Message message;
        if (::read(ends_[0], &message, sizeof message) != sizeof message)
            throw std::runtime_error("no job says anything");
        return message;
    }

private:
    std::array<int, 2> ends_{};
};

test::Forked start_worker(const std::filesystem::path& folder, int concurrency = slots)
{
    return test::Forked([=] {
        const Place place(folder);
        queue::Worker(place.app, kinds(), {.concurrency = concurrency}).work({});
    });
}

/// From the call that enqueues to the first statement of the handler in another process.
Measured pickup(const std::filesystem::path& folder, const Options& options)
{
    const Pipe pipe;
    const auto worker = start_worker(folder);
    Place place(folder);
    place.use(options);
    Pauses pauses;
    std::vector<std::int64_t> times;
    const int count = options.number("n", 300), to_warm_up = 20;
    for (int number = -to_warm_up; number < count; ++number) {
        pauses.pause();
        const auto asked = nanoseconds();
        place.submit(Nothing{.tell = pipe.end_for_writing()});
        const auto begun = pipe.next().time;
        if (number >= 0) times.push_back(begun - asked);
    }
    return percentiles(times);
}

void wait_for_end(Place& place, queue::JobId id)
{
    constexpr std::chrono::microseconds pause(200);
    while (!queue::is_finished(queue::require(place.db, id).state)) std::this_thread::sleep_for(pause);
}

/// From the call that cancels to the job's end in the database, its handler having stopped in another
/// process.
Measured cancel(const std::filesystem::path& folder, const Options& options)
{
    const Pipe pipe;
    const auto worker = start_worker(folder);
    Place place(folder);
    Pauses pauses;
    std::vector<std::int64_t> times;
    for (int number = 0, count = options.number("n", 100); number < count; ++number) {
        Hold held;
        held.tell = pipe.end_for_writing();
        const auto id = place.submit(held);
        static_cast<void>(pipe.next());
        pauses.pause();
        const auto asked = nanoseconds();
        queue::cancel(place.app.paths, place.db, kinds(), id);
        wait_for_end(place, id);
        times.push_back(nanoseconds() - asked);
    }
    return percentiles(times);
}

/// A worker that has just begun a job that lasts.
struct Holder {
    test::Forked process;
    queue::JobId job = 0;
};

queue::JobId begin_to_hold(Place& place, const Pipe& pipe)
{
    Hold held;
    held.tell = pipe.end_for_writing();
    const auto id = place.submit(held);
    static_cast<void>(pipe.next());
    return id;
}

/// From the kill of a worker to the first statement of its job in another one, which had a free slot.
Measured death(const std::filesystem::path& folder, const Options& options)
{
    const Pipe pipe;
    Place place(folder);
    Pauses pauses;
    std::vector<std::int64_t> times;
    auto victim = std::make_unique<test::Forked>(start_worker(folder, 1));
    auto job = begin_to_hold(place, pipe);
    for (int number = 0, count = options.number("n", 20); number < count; ++number) {
        auto heir = std::make_unique<test::Forked>(start_worker(folder, 1));
        place.submit(Nothing{.tell = pipe.end_for_writing()}); // only the heir is free to do it
        static_cast<void>(pipe.next());
        pauses.pause();
        const auto killed = nanoseconds();
        victim->kill();
        times.push_back(pipe.next().time - killed);
        victim = std::move(heir);
        queue::cancel(place.app.paths, place.db, kinds(), job);
        wait_for_end(place, job);
        job = begin_to_hold(place, pipe);
    }
    return percentiles(times);
}

Measured measure(const std::string& what, const std::filesystem::path& folder, const Options& options)
{
    // Before the process opens the database itself: no connection may be carried into a copy of it.
    if (what == "pickup") return pickup(folder, options);
    if (what == "cancel") return cancel(folder, options);
    if (what == "death") return death(folder, options);
    Place place(folder);
    if (what == "enqueue") return enqueue(place, options);
    if (what == "drain") return drain(place, options);
    if (what == "fill") return fill(place, options);
    if (what == "grown") return grown(place, options);
    throw std::invalid_argument("unknown case: " + what);
}

} // namespace
} // namespace skerry::bench

int main(int count, char** words)
{
    using namespace skerry::bench;
    if (count == 2 && std::string_view(words[1]) == "version") {
        std::puts(skerry::db::library().version.c_str());
        return 0;
    }
    return run_program("queue_bench", "CASE", count, words, [](auto&&... what) { print(measure(what...)); });
}
