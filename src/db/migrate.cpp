#include "db/migrate.hpp"

#include "util/clock.hpp"
#include "util/embedded.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <charconv>

namespace skerry::db {

std::vector<EmbeddedFile> embedded_files();

namespace {

/// 0007_what.sql -> 7
int number_of(const EmbeddedFile& migration)
{
    int number = 0;
    std::from_chars(migration.name.data(), migration.name.data() + migration.name.size(), number);
    return number;
}

void back_up(Connection& db, const std::filesystem::path& folder, int version)
{
    make_private_folder(folder);
    const auto file = folder / ("skerry-" + std::to_string(version) + "-" + std::to_string(now()) + ".db");
    execute(db, "vacuum into ?1", file.string());
    std::filesystem::permissions(file,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

void refuse_newer(int version)
{
    if (version <= newest_version()) return;
    throw Error(Code::conflict,
                "the database has schema version " + std::to_string(version) + ", this skerry knows up to " +
                    std::to_string(newest_version()),
                {.hint = "use the skerry that wrote it, or a newer one"});
}

} // namespace

int newest_version()
{
    int newest = 0;
    for (const auto& migration : embedded_files()) newest = std::max(newest, number_of(migration));
    return newest;
}

int version_of(Connection& db)
{
    Query row(db, "pragma user_version");
    row.next();
    return static_cast<int>(row.number(0));
}

void migrate(Connection& db, const std::filesystem::path& backups)
{
    const int before = version_of(db);
    refuse_newer(before);
    if (before == newest_version()) return;
    if (before > 0) back_up(db, backups, before);

    Transaction transaction(db);
    const int version = version_of(db); // another process may have been faster
    refuse_newer(version);
    for (const auto& migration : embedded_files())
        if (number_of(migration) > version) db.run(std::string(migration.content));
    db.run("pragma user_version = " + std::to_string(newest_version()));
    transaction.commit();
}

} // namespace skerry::db
