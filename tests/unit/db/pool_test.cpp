#include "db/migrate.hpp"
#include "db/pool.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

using namespace skerry;

namespace {

/// Stands before the write-ahead log of one connection: counts how often it is put on the disk, or lets that
/// fail. Only a fault of the disk itself would show otherwise whether that happens.
class LogWatch {
public:
    explicit LogWatch(db::Connection& db)
    {
        ::sqlite3_file_control(db.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&file_));
        own_ = file_->pMethods;
        methods_ = *own_;
        methods_.xSync = [](sqlite3_file* file, int how) {
            ++syncs;
            return fails ? SQLITE_IOERR_FSYNC : own_->xSync(file, how);
        };
        file_->pMethods = &methods_;
        syncs = 0;
        fails = false;
    }
    LogWatch(const LogWatch&) = delete;
    LogWatch& operator=(const LogWatch&) = delete;
    ~LogWatch() { file_->pMethods = own_; }

    static inline int syncs = 0;
    static inline bool fails = false;

private:
    static inline const sqlite3_io_methods* own_ = nullptr;
    sqlite3_io_methods methods_{};
    sqlite3_file* file_ = nullptr;
};

std::filesystem::path migrated(std::filesystem::path file)
{
    db::Connection db(file);
    db::migrate(db, {});
    return file;
}

/// A connection that a pool has lent, and the file that it is of.
struct Lent {
    const TemporaryFolder folder{};
    const std::filesystem::path file = migrated(folder.path() / "skerry.db");
    db::Pool pool{file};
    const db::Pool::Loan loan = pool.lend();
    db::Connection& db = *loan;
};

void pause(db::Connection& db, const char* name)
{
    db::execute(db, "insert into pauses values ('queue', ?1, 1, '')", name);
}

std::int64_t pauses(db::Connection& db)
{
    db::Query row(db, "select count(*) from pauses");
    row.next();
    return row.number(0);
}

} // namespace

TEST_CASE("what was written on a lent connection is on the disk, and waits for it once")
{
    const Lent lent;
    auto& db = lent.db;
    const LogWatch log(db);
    pause(db, "alone");
    CHECK(log.syncs == 1);
    {
        db::Transaction transaction(db);
        pause(db, "one of two");
        pause(db, "two of two");
        CHECK(log.syncs == 1);
        transaction.commit();
    }
    CHECK(log.syncs == 2);
    CHECK(pauses(db) == 3);
    CHECK(log.syncs == 2);
}

TEST_CASE("a disk that refuses is told, though others see what was written")
{
    const Lent lent;
    auto& db = lent.db;
    const LogWatch log(db);
    log.fails = true;
    db::Transaction transaction(db);
    pause(db, "lost with the power");
    CHECK_THROWS_WITH_AS(transaction.commit(), doctest::Contains("cannot read or write"), Error);
    CHECK_FALSE(db.in_transaction());
    db::Connection other(lent.file);
    CHECK(pauses(other) == 1);
    log.fails = false;
    pause(db, "kept");
    CHECK(pauses(other) == 2);
}

TEST_CASE("the write-ahead log is moved into the file when it has grown long")
{
    const Lent lent;
    auto& db = lent.db;
    const auto size = [&] { return std::filesystem::file_size(lent.file.string() + "-wal"); };
    const std::string long_name(64U << 10U, 'x');
    std::uintmax_t largest = 0;
    for (int number = 0; number < 400; ++number) {
        pause(db, (long_name + std::to_string(number)).c_str());
        largest = std::max(largest, size());
    }
    CHECK(largest < 16U << 20U); // of 26 MB
}
