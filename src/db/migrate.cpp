#include "db/migrate.hpp"

#include "db/other_patience.hpp"
#include "util/clock.hpp"
#include "util/descriptor.hpp"
#include "util/embedded.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

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

int newest_of(const std::vector<EmbeddedFile>& migrations)
{
    int newest = 0;
    for (const auto& migration : migrations) newest = std::max(newest, number_of(migration));
    return newest;
}

/// SQLite fills an empty file that is there, but makes one that everybody may read.
void make_empty(const std::filesystem::path& file)
{
    const Descriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!made.open()) throw system_error(errno, "cannot make " + file.string());
}

void put_on_disk(const std::filesystem::path& file)
{
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened.open() || ::fsync(opened.get()) != 0)
        throw system_error(errno, "cannot put " + file.string() + " on the disk");
}

/// Copies what is committed, through a connection of its own: the one that migrates is in a transaction.
/// A copy that has its name is whole.
void back_up(Connection& db, const std::filesystem::path& folder, int version)
{
    make_private_folder(folder);
    const auto file = folder / ("skerry-" + std::to_string(version) + "-" + std::to_string(now()) + ".db");
    const std::filesystem::path draft = file.string() + ".new";
    make_empty(draft);
    try {
        Connection reader(::sqlite3_db_filename(db.handle(), "main"));
        execute(reader, "vacuum into ?1", draft.string());
        put_on_disk(draft);
        if (std::rename(draft.c_str(), file.c_str()) != 0)
            throw system_error(errno, "cannot make " + file.string());
        put_on_disk(folder);
    } catch (...) {
        ::unlink(draft.c_str());
        throw;
    }
}

} // namespace

int newest_version()
{
    static const int newest = newest_of(embedded_files());
    return newest;
}

int version_of(Connection& db)
{
    Query row(db, "pragma user_version");
    row.next();
    return static_cast<int>(row.number(0));
}

void refuse_newer(int version, int newest)
{
    if (version <= newest) return;
    throw Error(Code::conflict,
                "the database has schema version " + std::to_string(version) + ", this skerry knows up to " +
                    std::to_string(newest),
                {.hint = "use the skerry that wrote it, or a newer one"});
}

void migrate(Connection& db, const std::filesystem::path& backups)
{
    migrate(db, backups, embedded_files());
}

void migrate(Connection& db, const std::filesystem::path& backups,
             const std::vector<EmbeddedFile>& migrations)
{
    const int newest = newest_of(migrations);
    const int found = version_of(db);
    refuse_newer(found, newest);
    if (found == newest) return;

    // Another process that copies and migrates may take longer than any other write.
    const OtherPatience patience(db, std::chrono::minutes(10));
    Transaction transaction(db);
    const int version = version_of(db); // another process may have been faster
    refuse_newer(version, newest);
    if (version == newest) return;
    if (version > 0) back_up(db, backups, version);
    for (const auto& migration : migrations)
        if (number_of(migration) > version) db.run(std::string(migration.content));
    db.run("pragma user_version = " + std::to_string(newest));
    transaction.commit();
}

} // namespace skerry::db
