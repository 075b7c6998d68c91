#include "db/connection_parts.hpp"
#include "db/other_patience.hpp"
#include "db/waiting_room.hpp"
#include "util/clock.hpp"
#include "util/deadline.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace skerry::db {

void rethrow(const SQLite::Exception& fault)
{
    const std::string text = fault.what();
    switch (fault.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw Error(Code::unavailable, "the database is busy: " + text);
    case SQLITE_FULL:
        throw Error(Code::unavailable, "the disk is full", {.hint = "free some space and try again"});
    case SQLITE_IOERR:
        throw Error(Code::unavailable, "cannot read or write the database: " + text,
                    {.hint = "check that the disk is not full and the data folder is there"});
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        throw Error(Code::unavailable, "cannot write the database: " + text,
                    {.hint = "check who owns the data folder, or choose another with --data-dir"});
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        throw Error(Code::unavailable, "the database is damaged: " + text,
                    {.hint = "restore a copy from the folder 'backups' beside it"});
    default: throw Error(Code::internal, "database: " + text);
    }
}

namespace {

template <class Action> auto guarded(const Action& action)
{
    try {
        return action();
    } catch (const SQLite::Exception& fault) {
        rethrow(fault);
    }
}

/// SQLite would make the file readable for everyone that the umask lets in. Never done to a file that is
/// there: closing a descriptor of it would drop the locks that this process holds through SQLite.
void make_private_file(const std::filesystem::path& file)
{
    const Descriptor made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!made.open() && errno != EEXIST) throw system_error(errno, "cannot make " + file.string());
}

/// SQLite counts each byte it allocates under one lock for all threads, unless told before its first use.
void ready_library()
{
    [[maybe_unused]] static const int told = ::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

SQLite::Database opened(const std::filesystem::path& file)
{
    if (file != ":memory:") make_private_file(file);
    ready_library();
    // No mutex around every call: a connection is for one thread at a time.
    const int how = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX;
    return guarded([&] { return SQLite::Database(file.string(), how); });
}

std::string journal_mode(Connection& db, std::string_view sql)
{
    Query row(db, sql);
    row.next();
    return row.text(0);
}

/// Whether the last failure was one that passes: somebody else was at it.
bool was_busy(Connection& db)
{
    constexpr int kind = 0xff;
    const int code = ::sqlite3_errcode(db.handle()) & kind;
    return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_PROTOCOL;
}

/// Two processes that both make the file may meet here, and for this one change SQLite does not wait.
void use_write_ahead_log(Connection& db)
{
    const Deadline deadline{usual_patience};
    const auto is_done = [](const std::string& mode) { return mode == "wal" || mode == "memory"; };
    while (!is_done(journal_mode(db, "pragma journal_mode"))) {
        try {
            if (is_done(journal_mode(db, "pragma journal_mode = wal"))) return;
            if (deadline.over())
                throw Error(Code::unavailable, "the database cannot keep a write-ahead log here",
                            {.hint = "choose a data folder on a local disk with --data-dir"});
        } catch (const Error& fault) {
            if (fault.code() != Code::unavailable || deadline.over() || !was_busy(db)) throw;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

/// Called by SQLite while another connection writes; 0 gives up. SQLite's own would sleep up to 100 ms
/// between two looks: where many write, some would then find the lock taken at every look, for more than ten
/// seconds.
int wait_for_others(void* patience, int looks)
{
    auto& mine = *static_cast<Patience*>(patience);
    if (looks == 0) mine.since = monotonic_now();
    if (monotonic_now() - mine.since >= mine.limit.count()) return 0;
    constexpr int longest = 5;
    waiting_room().wait(std::chrono::milliseconds(std::min(looks, longest))); // others may be elsewhere
    return 1;
}

/// The write-ahead log, to the disk; a code of SQLite's.
int sync_log(sqlite3* database)
{
    sqlite3_file* log = nullptr;
    const int code =
        ::sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
    return code == SQLITE_OK ? log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) : code;
}

/// Called by SQLite after each commit that has written something, when others may write already.
int after_commit(void* commit, sqlite3* database, const char* name, int pages_in_log)
{
    auto& mine = *static_cast<Commit*>(commit);
    waiting_room().tell_of_end();
    mine.has_told = true;
    const int code = mine.sync->wait([database] { return sync_log(database); });
    constexpr int enough = 1000; // as SQLite does itself where nobody wants to be called
    if (pages_in_log >= enough) ::sqlite3_wal_checkpoint(database, name);
    return code;
}

} // namespace

Connection::Connection(const std::filesystem::path& file, Role role)
    : parts_(std::make_unique<Parts>(opened(file)))
{
    set_patience(usual_patience);
    run("pragma synchronous = normal;"
        "pragma foreign_keys = on;"
        "pragma trusted_schema = off;"
        "pragma journal_size_limit = 4194304");
    use_write_ahead_log(*this);
    if (role == Role::worker) return;
    set_durability(Durability::full);
    ::sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Connection::Connection(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::run(const std::string& statements)
{
    guarded([&] { parts_->database.exec(statements); });
}

std::chrono::milliseconds Connection::patience() const
{
    return parts_->patience.limit;
}

void Connection::set_patience(std::chrono::milliseconds patience)
{
    parts_->patience.limit = patience;
    ::sqlite3_busy_handler(handle(), wait_for_others, &parts_->patience);
}

void Connection::set_durability(Durability durability)
{
    run(durability == Durability::full ? "pragma synchronous = full" : "pragma synchronous = normal");
}

void Connection::wait_for_disk_with(SharedSync& others)
{
    set_durability(Durability::normal);
    parts_->commit.sync = &others;
    ::sqlite3_wal_hook(handle(), after_commit, &parts_->commit);
}

std::int64_t Connection::data_version()
{
    Query row(*this, "pragma data_version");
    row.next();
    return row.number(0);
}

void Connection::checkpoint()
{
    {
        Query row(*this, "pragma wal_checkpoint(passive)");
        row.next();
        if (row.number(1) <= 0)
            return; // nothing in the log: cutting it would only look like a change to others
    }
    const OtherPatience none(*this, {}); // it would hold the writers up while it waits for a reader
    Query(*this, "pragma wal_checkpoint(truncate)").next();
}

std::int64_t Connection::last_insert_id() const
{
    return parts_->database.getLastInsertRowid();
}

bool Connection::in_transaction() const
{
    return ::sqlite3_get_autocommit(handle()) == 0;
}

void Connection::end_snapshot()
{
    if (!std::exchange(parts_->in_snapshot, false)) return;
    if (in_transaction()) execute(*this, "commit"); // some failures have ended it
}

sqlite3* Connection::handle() const
{
    return parts_->database.getHandle();
}

} // namespace skerry::db
