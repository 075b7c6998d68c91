#pragma once

#include "db/connection.hpp"

#include <filesystem>

namespace skerry::db {

/// The schema version that this program knows.
int newest_version();

/// The schema version of the file; 0 for a new one.
int version_of(Connection& db);

/// Brings the file to the newest version in one transaction, after a copy of an existing file into
/// `backups`. Safe from many processes at once. Throws Error conflict when the file is newer than
/// the program; nothing is changed then.
void migrate(Connection& db, const std::filesystem::path& backups);

} // namespace skerry::db
