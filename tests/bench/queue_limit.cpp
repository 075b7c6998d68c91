/// What SQLite itself can do on this machine: the least that a durable queue has to write, each statement
/// prepared once and nothing else done. The mark that queues are measured against; called by run.py.
///
///     queue_limit enqueue FOLDER n= batch= sync=normal|full
///     queue_limit drain   FOLDER n= ends=two|one|50 sync=   claim and completion in two transactions, in one
///     (with
///                                                           the claim of the next job), or 50 of them in one
///     queue_limit pickup  FOLDER n= sync=                   a datagram after the commit wakes the other
///     process

#include "measure.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <memory>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace skerry::bench {
namespace {

[[noreturn]] void give_up(sqlite3* db, const std::string& what)
{
    throw std::runtime_error(what + ": " + sqlite3_errmsg(db));
}

std::int64_t wall_clock_milliseconds()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// A statement that is prepared once.
class Statement {
public:
    Statement(sqlite3* db, const char* sql) : db_(db)
    {
        if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK)
            give_up(db, sql);
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { sqlite3_finalize(statement_); }

    void bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_, index, value); }
    void bind(int index, std::string_view value)
    {
        sqlite3_bind_text(statement_, index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    /// Runs to the end; the first number of the first row, or -1 without a row.
    std::int64_t run()
    {
        std::int64_t first = -1;
        int status = 0;
        while ((status = sqlite3_step(statement_)) == SQLITE_ROW)
            if (first < 0) first = sqlite3_column_int64(statement_, 0);
        if (status != SQLITE_DONE) give_up(db_, sqlite3_sql(statement_));
        sqlite3_reset(statement_);
        return first;
    }

private:
    sqlite3* db_;
    sqlite3_stmt* statement_ = nullptr;
};

struct Close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, Close>;

Database opened(const std::string& file, const std::string& sync)
{
    sqlite3* raw = nullptr;
    const int status = sqlite3_open(file.c_str(), &raw);
    Database db(raw);
    if (status != SQLITE_OK) give_up(raw, file);
    sqlite3_busy_timeout(raw, 5'000);
    const std::string set_up = "pragma journal_mode = wal; pragma synchronous = " + sync + R"sql(;
create table if not exists jobs(id integer primary key, kind text not null, args text not null,
  state integer not null default 0, priority integer not null default 0, run_at integer not null,
  attempts integer not null default 0, max_attempts integer not null default 3, lease_until integer, worker text,
  dedupe_key text, error text, created_at integer not null, updated_at integer not null);
create index if not exists ready on jobs(priority, run_at, id) where state = 0;
create index if not exists leased on jobs(lease_until) where state = 1;
create unique index if not exists dedupe on jobs(dedupe_key) where dedupe_key is not null and state < 2;)sql";
    if (sqlite3_exec(raw, set_up.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) give_up(raw, "set up");
    return db;
}

/// A table of jobs and what is asked of it.
class Jobs {
public:
    Jobs(const std::string& folder, const Options& options)
        : db_(opened(folder + "/limit.db", options.text("sync", "normal")))
    {
    }

    void begin() { begin_.run(); }
    void commit() { commit_.run(); }
    void add()
    {
        const auto now = wall_clock_milliseconds();
        add_.bind(1, args_);
        add_.bind(2, now);
        add_.run();
    }
    void add_many(int count, int batch)
    {
        for (int done = 0; done < count;) {
            begin();
            for (int end = std::min(done + batch, count); done < end; ++done) add();
            commit();
        }
    }
    std::int64_t claim()
    {
        claim_.bind(1, wall_clock_milliseconds());
        return claim_.run();
    }
    void complete(std::int64_t id)
    {
        complete_.bind(1, wall_clock_milliseconds());
        complete_.bind(2, id);
        complete_.run();
        if (sqlite3_changes(db_.get()) != 1) throw std::runtime_error("a claimed job is gone");
    }

private:
    Database db_;
    const std::string args_ = R"({"tell":0,"pad":")" + std::string(padding) + R"("})";
    Statement begin_{db_.get(), "begin immediate"};
    Statement commit_{db_.get(), "commit"};
    Statement add_{db_.get(), "insert into jobs(kind, args, run_at, created_at, updated_at) "
                              "values ('bench.nothing', ?1, ?2, ?2, ?2)"};
    Statement claim_{db_.get(),
                     "update jobs set state = 1, attempts = attempts + 1, lease_until = ?1 + 30000, "
                     "worker = 'worker', updated_at = ?1 where id = (select id from jobs "
                     "where state = 0 and run_at <= ?1 order by priority, run_at, id limit 1) "
                     "returning id, kind, args, attempts"};
    Statement complete_{db_.get(), "update jobs set state = 2, lease_until = null, worker = null, "
                                   "updated_at = ?1 where id = ?2 and state = 1 and worker = 'worker'"};
};

Measured enqueue(const std::string& folder, const Options& options)
{
    Jobs jobs(folder, options);
    const int count = options.number("n", 10'000), batch = options.number("batch", 1);
    for (int number = 0; number < 200; ++number) jobs.add();
    const auto begun = nanoseconds();
    if (batch > 1)
        jobs.add_many(count, batch);
    else
        for (int number = 0; number < count; ++number) jobs.add();
    return {{"rate", count / seconds_since(begun)}};
}

void drain_in_two(Jobs& jobs)
{
    for (std::int64_t id = 0; (id = jobs.claim()) >= 0;) jobs.complete(id);
}

/// `batch` completions and the next `batch` claims in each transaction.
void drain_in_batches(Jobs& jobs, int batch)
{
    std::vector<std::int64_t> held;
    do {
        jobs.begin();
        for (const auto id : held) jobs.complete(id);
        held.clear();
        for (int number = 0; number < batch; ++number)
            if (const auto id = jobs.claim(); id >= 0) held.push_back(id);
        jobs.commit();
    } while (!held.empty());
}

Measured drain(const std::string& folder, const Options& options)
{
    Jobs jobs(folder, options);
    const int count = options.number("n", 20'000);
    const auto ends = options.text("ends", "50");
    jobs.add_many(count, 1'000);
    const auto begun = nanoseconds();
    if (ends == "two")
        drain_in_two(jobs);
    else
        drain_in_batches(jobs, ends == "one" ? 1 : std::stoi(ends));
    return {{"rate", count / seconds_since(begun)}};
}

/// Claims when a byte comes, and says when it had the job.
[[noreturn]] void serve(const std::string& folder, const Options& options, int bell, int answers)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Jobs jobs(folder, options);
    for (char byte = 0; ::read(bell, &byte, 1) == 1;)
        for (std::int64_t id = 0; (id = jobs.claim()) >= 0;) {
            const auto begun = nanoseconds();
            if (::write(answers, &begun, sizeof begun) != sizeof begun) std::_Exit(1);
            jobs.complete(id);
        }
    std::_Exit(0);
}

Measured pickup(const std::string& folder, const Options& options)
{
    std::array<int, 2> bell{}, answers{};
    if (::socketpair(AF_UNIX, SOCK_DGRAM, 0, bell.data()) != 0 || ::pipe(answers.data()) != 0)
        throw std::runtime_error("no sockets");
    {
        const Jobs make_the_table(folder, options);
    }
    const auto worker = ::fork();
    if (worker == 0) serve(folder, options, bell[1], answers[1]);
    Jobs jobs(folder, options);
    Pauses pauses;
    std::vector<std::int64_t> times;
    const int count = options.number("n", 300), to_warm_up = 20;
    for (int number = -to_warm_up; number < count; ++number) {
        pauses.pause();
        const auto asked = nanoseconds();
        jobs.add();
        std::int64_t begun = 0;
        if (::send(bell[0], "!", 1, 0) != 1 || ::read(answers[0], &begun, sizeof begun) != sizeof begun)
            throw std::runtime_error("the worker is gone");
        if (number >= 0) times.push_back(begun - asked);
    }
    ::kill(worker, SIGKILL);
    ::waitpid(worker, nullptr, 0);
    return percentiles(times);
}

Measured measure(const std::string& what, const std::string& folder, const Options& options)
{
    if (what == "enqueue") return enqueue(folder, options);
    if (what == "drain") return drain(folder, options);
    if (what == "pickup") return pickup(folder, options);
    throw std::invalid_argument("unknown case: " + what);
}

} // namespace
} // namespace skerry::bench

int main(int count, char** words)
{
    using namespace skerry::bench;
    if (count == 2 && std::string_view(words[1]) == "version") {
        std::puts(sqlite3_libversion());
        return 0;
    }
    return run_program("queue_limit", "CASE", count, words, [](auto&&... what) { print(measure(what...)); });
}
