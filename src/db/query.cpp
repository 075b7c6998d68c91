#include "db/connection_parts.hpp"
#include "util/error.hpp"

namespace skerry::db {

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
    if (code != SQLITE_DONE)
        check(::sqlite3_reset(statement_->handle)); // which also knows why a hook refused
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

} // namespace skerry::db
