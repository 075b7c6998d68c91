#pragma once

#include "db/connection.hpp"
#include "db/migrate.hpp"

namespace skerry::test {

/// A fresh database in memory with the newest schema.
struct Database : db::Connection {
    Database() : db::Connection(":memory:") { db::migrate(*this, {}); }
};

} // namespace skerry::test
