#pragma once

#include "db/connection.hpp"

namespace skerry::db {

/// For as long as it lives, a connection waits longer or shorter than before for the writes of others.
class OtherPatience {
public:
    OtherPatience(Connection& db, std::chrono::milliseconds patience) : db_(db), before_(db.patience())
    {
        db_.set_patience(patience);
    }
    OtherPatience(const OtherPatience&) = delete;
    OtherPatience& operator=(const OtherPatience&) = delete;
    ~OtherPatience() { db_.set_patience(before_); }

private:
    Connection& db_;
    std::chrono::milliseconds before_;
};

} // namespace skerry::db
