#pragma once

#include "db/migrate.hpp"
#include "queue/queue.hpp"
#include "queue/worker.hpp"
#include "support/jobs.hpp"
#include "util/bell.hpp"
#include "util/files.hpp"

#include <algorithm>
#include <condition_variable>
#include <doctest/doctest.h>
#include <mutex>
#include <thread>

/// A data folder with a real database, workers on it, and kinds of jobs that tell what they do.
namespace skerry::test {

/// Says that it began, then lasts until it is stopped or the file "go" is there.
struct Hold : Note {
    static constexpr queue::Policy policy{.kind = "test.hold", .attempts = 2};
    explicit Hold(std::string words = "held") : Note{std::move(words)} {}
};
constexpr auto fields(api::Tag<Hold>)
{
    return fields(api::Tag<Note>{});
}

inline void hold(queue::Run& run, const Hold& args)
{
    write_event(run.db, "began", args.text);
    std::mutex mutex;
    std::condition_variable_any bell;
    std::unique_lock lock(mutex);
    while (!std::filesystem::exists(run.app.paths.data() / "go")) {
        bell.wait_for(lock, run.stop, std::chrono::milliseconds(5), [] { return false; });
        run.throw_if_cancelled();
    }
    run.commit([text = args.text](db::Connection& db) { write_event(db, "held", text); });
}

/// As Hold, but has only a moment.
struct Slow : Hold {
    static constexpr queue::Policy policy{
        .kind = "test.slow", .attempts = 1, .timeout = std::chrono::milliseconds(60)};
};
constexpr auto fields(api::Tag<Slow>)
{
    return fields(api::Tag<Note>{});
}
inline void be_slow(queue::Run& run, const Slow& args)
{
    hold(run, args);
}

/// Fails at its first attempt.
struct Fail : Note {
    static constexpr queue::Policy policy{.kind = "test.fail"};
    explicit Fail(std::string words = "failed") : Note{std::move(words)} {}
};
constexpr auto fields(api::Tag<Fail>)
{
    return fields(api::Tag<Note>{});
}
inline void fail_once(queue::Run& run, const Fail&)
{
    if (run.job.attempt == 1) throw Error(Code::unavailable, "not yet");
}

/// Succeeds, but what belongs to the success cannot be written.
struct Spoil : Note {
    static constexpr queue::Policy policy{.kind = "test.spoil"};
    explicit Spoil(std::string words = "spoilt") : Note{std::move(words)} {}
};
constexpr auto fields(api::Tag<Spoil>)
{
    return fields(api::Tag<Note>{});
}
inline void spoil(queue::Run& run, const Spoil& args)
{
    run.commit([text = args.text](db::Connection& db) {
        write_event(db, "held", text);
        throw Error(Code::conflict, "the project was deleted");
    });
}

/// Its effect is written with its success: once, however often it is performed.
struct Count : Note {
    static constexpr queue::Policy policy{.kind = "test.count"};
    explicit Count(std::string words = "counted") : Note{std::move(words)} {}
};
constexpr auto fields(api::Tag<Count>)
{
    return fields(api::Tag<Note>{});
}
inline void count(queue::Run& run, const Count& args)
{
    run.commit([text = args.text](db::Connection& db) { write_event(db, "counted", text); });
}

inline const std::array real_rows{queue::handler<Note, note<Note>, give_up<Note>>(),
                                  queue::handler<Once, note<Once>, give_up<Once>>(),
                                  queue::handler<Hold, hold, give_up<Hold>>(),
                                  queue::handler<Slow, be_slow, give_up<Slow>>(),
                                  queue::handler<Fail, fail_once, give_up<Fail>>(),
                                  queue::handler<Spoil, spoil, give_up<Spoil>>(),
                                  queue::handler<Count, count>()};
inline const queue::Kinds real_kinds{real_rows};

/// A worker on a thread of its own; asked to stop and waited for in the destructor.
class WorkerThread {
public:
    explicit WorkerThread(const App& app, queue::WorkerOptions options = {})
        : worker_(app, real_kinds, options),
          thread_([this](const std::stop_token& stop) { worker_.work(stop); })
    {
    }

private:
    queue::Worker worker_;
    std::jthread thread_;
};

struct Workshop {
    TemporaryFolder folder;
    App app{Paths(folder.path()), {}};

    Workshop()
    {
        make_private_folder(app.paths.running());
        db::Connection db(app.paths.database());
        db::migrate(db, app.paths.backups());
    }
    [[nodiscard]] db::Connection open() const { return db::Connection(app.paths.database()); }
    /// Lets the jobs that hold end.
    void go() const { write_file(folder.path() / "go", ""); }
    /// A worker as a process of its own would run it.
    void work() const { queue::Worker(app, real_kinds, {}).work({}); }
};

/// Adds a job as a command does: commit, then ring.
template <class Args> queue::JobId submit(const Workshop& shop, db::Connection& db, const Args& args,
                                          const queue::Order& order = {})
{
    const auto id = queue::add(db, args, order).id;
    Bell::ring(shop.app.paths.running());
    return id;
}

/// Waits for the condition; false when it does not come true.
template <class Condition> bool eventually(const Condition& condition)
{
    constexpr std::int64_t patience = 20'000;
    const auto deadline = monotonic_now() + patience;
    while (!condition()) {
        if (monotonic_now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

inline bool reaches(db::Connection& db, queue::JobId id, queue::State state)
{
    return eventually([&] { return queue::require(db, id).state == state; });
}

/// Waits until that many jobs say that they began.
inline bool have_begun(db::Connection& db, std::size_t count)
{
    return eventually([&] { return told(db, "began").size() >= count; });
}

/// The p-th percentile, smallest first.
inline std::int64_t percentile(std::vector<std::int64_t> values, int percent)
{
    std::sort(values.begin(), values.end());
    return values[(values.size() - 1) * static_cast<std::size_t>(percent) / 100];
}

} // namespace skerry::test
