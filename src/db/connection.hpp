#pragma once

#include "util/clock.hpp"
#include "util/id.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

struct sqlite3;

namespace skerry::db {

class SharedSync;

/// How long a write waits for those of other connections before it fails.
constexpr std::chrono::seconds usual_patience{30};

/// How soon a commit is on the disk. `full`: it survives a power cut, for what a person was told is
/// done. `normal`: it survives the death of every process, for claims, heartbeats and progress.
enum class Durability { normal, full };

/// Who opens: a `command` that is gone in a moment leaves the checkpoint of the write-ahead log to
/// a `worker`. It begins with Durability::full, a worker with normal.
enum class Role { command, worker };

/// One connection to the database, for one thread at a time. Statements are prepared once and kept.
/// Every failure is thrown as Error; a full disk and a lack of permission say so.
class Connection {
public:
    /// Opens or makes the file (0600) and brings nothing up to date: see migrate().
    explicit Connection(const std::filesystem::path& file, Role role = Role::command);
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) = delete;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Runs statements that take nothing and give nothing.
    void run(const std::string& statements);
    /// How long a write waits for those of other connections before it fails as unavailable.
    void set_patience(std::chrono::milliseconds patience);
    [[nodiscard]] std::chrono::milliseconds patience() const;
    /// Applies to the next transactions of this connection.
    void set_durability(Durability durability);
    /// As Durability::full, but commits of several connections wait for the disk together, and others may
    /// read and write meanwhile. What the disk then refuses is an error, yet has been committed. It must
    /// outlive the connection.
    void wait_for_disk_with(SharedSync& others);
    /// Grows with each commit of another connection; equal values mean that nothing was committed.
    std::int64_t data_version();
    /// Moves the write-ahead log into the file and cuts it to nothing, unless somebody is using it right now.
    void checkpoint();
    [[nodiscard]] std::int64_t last_insert_id() const;
    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] sqlite3* handle() const;

    /// Ends a Snapshot before its time: for who has read all and is about to wait for something else.
    void end_snapshot();

private:
    friend class Query;
    friend class Snapshot;
    friend class Transaction;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// One run of one statement. `sql` should be a literal: it is the key under which the prepared statement is
/// kept for as long as the connection. It must be gone before the connection is. Parameters are ?1, ?2 ... in
/// order: integers, bool, text, Id, optional of those.
///
///     db::Query row(db, "select name from projects where id = ?1", id);
///     if (!row.next()) return std::nullopt;
///     return row.text(0);
class Query {
    struct Unbound {};
    struct Statement;
    friend class Connection; // keeps its statements

public:
    template <class... Values> Query(Connection& db, std::string_view sql, const Values&... values)
        : Query(Unbound{}, db, sql)
    {
        int index = 0;
        (bind(++index, values), ...);
    }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query();

    /// Steps to the next row; false after the last. A statement that writes runs at the first call;
    /// one that writes and returns rows must be stepped to its end.
    bool next();
    /// Steps to the end and says how many rows the statement changed.
    int run();

    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] bool boolean(int column) const { return number(column) != 0; }
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::optional<std::int64_t> number_if_any(int column) const;
    [[nodiscard]] std::optional<double> real_if_any(int column) const;
    [[nodiscard]] std::optional<std::string> text_if_any(int column) const;
    template <class Thing> [[nodiscard]] Id<Thing> id(int column) const { return Id<Thing>(text(column)); }

private:
    Query(Unbound, Connection& db, std::string_view sql);
    void require(int column) const;
    void check(int code) const;
    void bind(int index, std::int64_t value);
    void bind(int index, double value);
    void bind(int index, std::string_view value);
    void bind(int index, std::nullptr_t);
    template <class T> void bind(int index, const T& value)
    {
        if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
            bind(index, static_cast<std::int64_t>(value));
        else if constexpr (requires { std::string_view(value); })
            bind(index, std::string_view(value));
        else if constexpr (requires { value.has_value(); })
            value ? bind(index, *value) : bind(index, nullptr);
        else
            bind(index, std::string_view(value.value)); // Id
    }

    Connection& db_;
    std::unique_ptr<Statement>* place_ = nullptr; ///< where it is kept when this is over
    std::unique_ptr<Statement> statement_;
};

/// Runs a statement that gives no rows; returns how many it changed.
template <class... Values> int execute(Connection& db, std::string_view sql, const Values&... values)
{
    return Query(db, sql, values...).run();
}

/// A writing transaction (BEGIN IMMEDIATE): rolled back unless commit() was called. Inside another one it is
/// a part of that, and its commit counts when that one's does.
class Transaction {
public:
    /// Throws Error conflict when a newer program has changed the schema since the connection was opened:
    /// this one does not know its rules.
    explicit Transaction(Connection& db);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

private:
    Connection& db_;
    const bool inner_;
    bool open_ = true;
};

/// Until it ends, all that is read comes from the same moment: that of the first statement. It takes one lock
/// where else each statement takes its own. Not for long, for meanwhile the write-ahead log cannot begin
/// anew. A Transaction ends it; within one, or within another Snapshot, it is nothing.
class Snapshot {
public:
    explicit Snapshot(Connection& db);
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    ~Snapshot();

private:
    Connection& db_;
    const bool outer_;
};

/// Part of a transaction that may be undone alone: undone unless keep() was called.
class Savepoint {
public:
    explicit Savepoint(Connection& db);
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;
    ~Savepoint();
    void keep();

private:
    Connection& db_;
    bool open_ = true;
};

} // namespace skerry::db
