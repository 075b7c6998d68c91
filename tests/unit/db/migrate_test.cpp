#include "db/migrate.hpp"
#include "support/database.hpp"
#include "util/embedded.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;

namespace {

const EmbeddedFile first{"0001_boats.sql", "create table boats(name text) strict;"};
const EmbeddedFile second{"0002_crew.sql",
                          "alter table boats add column crew integer; update boats set crew = 1;"};
const EmbeddedFile wrong{"0003_wrong.sql", "drop table boats; create table nonsense(;"};

std::int64_t columns_of_boats(db::Connection& db)
{
    db::Query row(db, "select count(*) from pragma_table_info('boats')");
    row.next();
    return row.number(0);
}

} // namespace

TEST_CASE("a new file gets every migration, an older one the rest, and the newest none")
{
    const TemporaryFolder folder;
    const auto backups = folder.path() / "backups";
    db::Connection db(folder.path() / "skerry.db");
    CHECK(db::version_of(db) == 0);
    db::migrate(db, backups, {first});
    CHECK(db::version_of(db) == 1);
    CHECK_FALSE(std::filesystem::exists(backups)); // there was nothing to lose
    db::execute(db, "insert into boats(name) values ('Skerry')");
    db::migrate(db, backups, {first, second});
    db::migrate(db, backups, {first, second});
    CHECK(db::version_of(db) == 2);
    CHECK(columns_of_boats(db) == 2);
    CHECK(std::distance(std::filesystem::directory_iterator(backups), {}) == 1);
}

TEST_CASE("a migration that fails leaves everything as it was")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    db::migrate(db, folder.path() / "backups", {first});
    CHECK_THROWS_AS(db::migrate(db, folder.path() / "backups", {first, second, wrong}), Error);
    CHECK_FALSE(db.in_transaction());
    CHECK(db::version_of(db) == 1);
    CHECK(columns_of_boats(db) == 1);
}

TEST_CASE("nothing is migrated when the copy cannot be made")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    db::migrate(db, folder.path() / "backups", {first});
    write_file(folder.path() / "backups", "a file in the way");
    CHECK_THROWS_AS(db::migrate(db, folder.path() / "backups", {first, second}), Error);
    CHECK(db::version_of(db) == 1);
    CHECK_FALSE(db.in_transaction());
}

TEST_CASE("a file with a newer schema is refused and left as it is")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    db.run("pragma user_version = 9999");
    try {
        db::migrate(db, folder.path() / "backups");
        FAIL("it was taken");
    } catch (const Error& fault) {
        CHECK(fault.code() == Code::conflict);
        CHECK(std::string(fault.what()).find("schema version 9999") != std::string::npos);
        CHECK_FALSE(fault.hint().empty());
    }
    CHECK(db::version_of(db) == 9999);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "backups"));
}

TEST_CASE("a connection writes nothing any more once a newer program has changed the schema")
{
    const TemporaryFolder folder;
    db::Connection older(folder.path() / "skerry.db");
    db::migrate(older, folder.path() / "backups");
    db::Connection newer(folder.path() / "skerry.db");
    newer.run("pragma user_version = 9999");
    try {
        const db::Transaction transaction(older);
        FAIL("it may write");
    } catch (const Error& fault) {
        CHECK(fault.code() == Code::conflict);
        CHECK(std::string(fault.what()).find("schema version 9999") != std::string::npos);
    }
    CHECK_FALSE(older.in_transaction()); // others may write
    newer.run("pragma user_version = " + std::to_string(db::newest_version()));
    const db::Transaction transaction(older);
    CHECK(older.in_transaction());
}

TEST_CASE("the program's own migrations lead to its newest version")
{
    test::Database db;
    CHECK(db::version_of(db) == db::newest_version());
    CHECK(db::newest_version() >= 1);
    db::Query check(db, "select count(*) from pragma_foreign_key_check()");
    REQUIRE(check.next());
    CHECK(check.number(0) == 0);
}
