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
#include <utility>

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

/// Run without the C++ library: for every column that is read that counts references to the statement, with
/// atomic operations, and columns are what lists are made of.
struct Query::Statement {
    explicit Statement(sqlite3_stmt* its_handle) : handle(its_handle) {}
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { ::sqlite3_finalize(handle); }

    sqlite3_stmt* const handle;
    bool is_done = false; ///< another step would run it once more
};

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
    bool in_snapshot = false;
    /// Prepared statements; empty while one is in use. Its place in the map never moves.
    std::unordered_map<std::string, std::unique_ptr<Query::Statement>, Hash, std::equal_to<>> idle;
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

void Connection::end_snapshot()
{
    if (!std::exchange(parts_->in_snapshot, false)) return;
    if (in_transaction()) execute(*this, "commit"); // some failures have ended it
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
    if (!statement_) { // new, or in use further up
        sqlite3_stmt* prepared = nullptr;
        check(::sqlite3_prepare_v3(db.handle(), sql.data(), static_cast<int>(sql.size()),
                                   SQLITE_PREPARE_PERSISTENT, &prepared, nullptr));
        statement_ = std::make_unique<Statement>(prepared);
    }
    if (kept == idle.end()) kept = idle.try_emplace(std::string(sql)).first;
    place_ = &kept->second;
}

Query::~Query()
{
    ::sqlite3_reset(statement_->handle);
    ::sqlite3_clear_bindings(statement_->handle);
    statement_->is_done = false;
    *place_ = std::move(statement_);
}

void Query::check(int code) const
{
    if (code != SQLITE_OK) rethrow(SQLite::Exception(db_.handle(), code));
}

bool Query::next()
{
    if (statement_->is_done) return false;
    const int code = ::sqlite3_step(statement_->handle);
    if (code == SQLITE_ROW) return true;
    statement_->is_done = true;
    if (code != SQLITE_DONE) check(code);
    return false;
}

int Query::run()
{
    while (next()) {
    }
    return ::sqlite3_changes(db_.handle());
}

void Query::require(int column) const
{
    if (column < 0 || column >= ::sqlite3_data_count(statement_->handle))
        throw Error(Code::internal, "database: there is no such column now");
}

std::int64_t Query::number(int column) const
{
    require(column);
    return ::sqlite3_column_int64(statement_->handle, column);
}
double Query::real(int column) const
{
    require(column);
    return ::sqlite3_column_double(statement_->handle, column);
}
std::string Query::text(int column) const
{
    require(column);
    const auto* const bytes =
        reinterpret_cast<const char*>(::sqlite3_column_text(statement_->handle, column));
    const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(statement_->handle, column));
    return bytes == nullptr ? std::string() : std::string(bytes, size);
}
bool Query::is_null(int column) const
{
    require(column);
    return ::sqlite3_column_type(statement_->handle, column) == SQLITE_NULL;
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
    check(::sqlite3_bind_int64(statement_->handle, index, value));
}

void Query::bind(int index, double value)
{
    check(::sqlite3_bind_double(statement_->handle, index, value));
}

void Query::bind(int index, std::string_view value)
{
    const char* const bytes = value.data() == nullptr ? "" : value.data(); // which would be null
    check(
        ::sqlite3_bind_text64(statement_->handle, index, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Query::bind(int index, std::nullptr_t)
{
    check(::sqlite3_bind_null(statement_->handle, index));
}

namespace {

/// What was read before is not written on: it may be old by now, and the write would be refused.
bool is_within_another(Connection& db)
{
    db.end_snapshot();
    return db.in_transaction();
}

} // namespace

Transaction::Transaction(Connection& db) : db_(db), inner_(is_within_another(db))
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

Snapshot::Snapshot(Connection& db) : db_(db), outer_(!db.in_transaction())
{
    if (!outer_) return;
    execute(db, "begin");
    db.parts_->in_snapshot = true;
}

Snapshot::~Snapshot()
{
    if (!outer_) return;
    try {
        db_.end_snapshot();
    } catch (...) { // SQLite ends it by itself when the connection closes
        return;
    }
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
