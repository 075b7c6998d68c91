#include "db/connection_parts.hpp"
#include "db/migrate.hpp"
#include "db/waiting_room.hpp"

#include <utility>

namespace skerry::db {
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
    auto& has_told = db_.parts_->commit.has_told;
    has_told = false;
    execute(db_, inner_ ? "release part" : "commit");
    open_ = false;
    if (!inner_ && !has_told) waiting_room().tell_of_end();
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
