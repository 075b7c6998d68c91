#include "db/connection.hpp"

#include "db/migrate.hpp"
#include "db/other_patience.hpp"
#include "db/waiting_room.hpp"
#include "util/clock.hpp"
#include "util/deadline.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <thread>
#include <unordered_map>

namespace skerry::db {
namespace {

[[noreturn]] void rethrow(const SQLite::Exception& fault)
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

/// How long a connection waits for a lock, and since when it does.
struct Patience {
    std::chrono::milliseconds limit{};
    std::int64_t since = 0;
};

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

} // namespace

struct Connection::Parts {
    /// Of the length and the end, where statements differ: some are long, and this is asked at each use.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view sql) const
        {
            constexpr std::size_t enough = 32;
            const auto end = sql.substr(sql.size() - std::min(sql.size(), enough));
            return std::hash<std::string_view>{}(end) ^ sql.size();
        }
    };
    explicit Parts(const std::filesystem::path& file) : database(opened(file)) {}
    Patience patience; ///< before the database, which knows its address
    SQLite::Database database;
    /// Prepared statements; empty while one is in use. Its place in the map never moves.
    std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>, Hash, std::equal_to<>> idle;
};

Connection::Connection(const std::filesystem::path& file, Role role) : parts_(std::make_unique<Parts>(file))
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

sqlite3* Connection::handle() const
{
    return parts_->database.getHandle();
}

Query::Query(Unbound, Connection& db, std::string_view sql) : db_(db)
{
    auto& idle = db.parts_->idle;
    auto kept = idle.find(sql);
    if (kept != idle.end()) statement_ = std::move(kept->second);
    if (!statement_) // new, or in use further up
        statement_ = guarded(
            [&] { return std::make_unique<SQLite::Statement>(db.parts_->database, std::string(sql)); });
    if (kept == idle.end()) kept = idle.try_emplace(std::string(sql)).first;
    place_ = &kept->second;
}

Query::~Query()
{
    try {
        statement_->tryReset();
        statement_->clearBindings();
        *place_ = std::move(statement_);
    } catch (...) { // a statement that cannot be kept is prepared again next time
        statement_.reset();
    }
}

bool Query::next()
{
    return guarded([&] { return statement_->executeStep(); });
}

int Query::run()
{
    while (next()) {
    }
    return ::sqlite3_changes(db_.handle());
}

std::int64_t Query::number(int column) const
{
    return guarded([&] { return statement_->getColumn(column).getInt64(); });
}
double Query::real(int column) const
{
    return guarded([&] { return statement_->getColumn(column).getDouble(); });
}
std::string Query::text(int column) const
{
    return guarded([&] { return statement_->getColumn(column).getString(); });
}
bool Query::is_null(int column) const
{
    return guarded([&] { return statement_->getColumn(column).isNull(); });
}

std::optional<std::int64_t> Query::number_if_any(int column) const
{
    return is_null(column) ? std::nullopt : std::optional(number(column));
}

std::optional<double> Query::real_if_any(int column) const
{
    return is_null(column) ? std::nullopt : std::optional(real(column));
}

std::optional<std::string> Query::text_if_any(int column) const
{
    return is_null(column) ? std::nullopt : std::optional(text(column));
}

void Query::bind(int index, std::int64_t value)
{
    guarded([&] { statement_->bind(index, value); });
}

void Query::bind(int index, double value)
{
    guarded([&] { statement_->bind(index, value); });
}

void Query::bind(int index, std::string_view value)
{
    guarded([&] { statement_->bind(index, std::string(value)); });
}

void Query::bind(int index, std::nullptr_t)
{
    guarded([&] { statement_->bind(index); });
}

Transaction::Transaction(Connection& db) : db_(db), inner_(db.in_transaction())
{
    execute(db, inner_ ? "savepoint part" : "begin immediate");
    const int version = version_of(db);
    if (version <= newest_version()) return;
    execute(db, "rollback");
    refuse_newer(version, newest_version());
}

Transaction::~Transaction()
{
    if (!open_ || !db_.in_transaction()) return;
    try {
        execute(db_, inner_ ? "rollback to part" : "rollback");
        if (inner_) execute(db_, "release part");
        if (!inner_) waiting_room().tell_of_end();
    } catch (...) { // SQLite rolls back by itself when the connection closes
        open_ = false;
    }
}

void Transaction::commit()
{
    execute(db_, inner_ ? "release part" : "commit");
    open_ = false;
    if (!inner_) waiting_room().tell_of_end();
}

Savepoint::Savepoint(Connection& db) : db_(db)
{
    execute(db, "savepoint part");
}

Savepoint::~Savepoint()
{
    if (!open_ || !db_.in_transaction()) return;
    try {
        execute(db_, "rollback to part");
        execute(db_, "release part");
    } catch (...) { // the transaction around it cannot be committed then
        open_ = false;
    }
}

void Savepoint::keep()
{
    execute(db_, "release part");
    open_ = false;
}

} // namespace skerry::db
