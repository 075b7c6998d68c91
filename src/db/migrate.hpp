#pragma once

#include "db/connection.hpp"

#include <filesystem>
#include <vector>

namespace skerry {
struct EmbeddedFile;
}

namespace skerry::db {

/// The schema version that this program knows.
int newest_version();

/// The schema version of the file; 0 for a new one.
int version_of(Connection& db);

/// Throws Error conflict when `version` is newer than `newest`.
void refuse_newer(int version, int newest);

/// Brings the file to the newest version in one transaction, after a copy (0600) of an existing file into
/// `backups`. Safe from many processes at once: one copies and migrates, the others wait for it. Throws Error
/// conflict when the file is newer than the program; nothing is changed then.
void migrate(Connection& db, const std::filesystem::path& backups);

/// The same with other migrations than the program's own: "0007_what.sql" leads to version 7, in ascending
/// order.
void migrate(Connection& db, const std::filesystem::path& backups,
             const std::vector<EmbeddedFile>& migrations);

} // namespace skerry::db
