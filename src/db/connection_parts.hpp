#pragma once

#include "db/connection.hpp"
#include "db/shared_sync.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

/// What connection.cpp, query.cpp and transaction.cpp share, and nobody else sees: it names the library.
namespace skerry::db {

/// Throws what a failure of SQLite is for the rest of the program.
[[noreturn]] void rethrow(const SQLite::Exception& fault);

/// How long a connection waits for a lock, and since when it does.
struct Patience {
    std::chrono::milliseconds limit{};
    std::int64_t since = 0;
};

/// What is done after the commits of a connection that waits for the disk with others.
struct Commit {
    SharedSync* sync = nullptr;
    bool has_told = false; ///< others that they may write
};

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
    explicit Parts(SQLite::Database its_database) : database(std::move(its_database)) {}
    Patience patience; ///< before the database, which knows its address and that of the next
    Commit commit;
    SQLite::Database database;
    bool in_snapshot = false;
    /// Prepared statements; empty while one is in use. Its place in the map never moves.
    std::unordered_map<std::string, std::unique_ptr<Query::Statement>, Hash, std::equal_to<>> idle;
};

} // namespace skerry::db
