#include "db/connection.hpp"
#include "support/database.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;

TEST_CASE("a transaction that is not committed leaves nothing")
{
    test::Database db;
    {
        const db::Transaction transaction(db);
        db::execute(db, "insert into queues(name) values ('slow')");
    }
    db::Query row(db, "select count(*) from queues");
    REQUIRE(row.next());
    CHECK(row.number(0) == 0);
}

TEST_CASE("parameters of every type come back as they went in")
{
    test::Database db;
    db::Query row(db, "select ?1, ?2, ?3, ?4", std::string("é"), 7, std::optional<std::string>(), true);
    REQUIRE(row.next());
    CHECK(row.text(0) == "é");
    CHECK(row.number(1) == 7);
    CHECK(row.is_null(2));
    CHECK(row.boolean(3));
}

TEST_CASE("the database is readable by its owner only, and so is what SQLite keeps beside it")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    db::migrate(db, folder.path() / "backups");
    for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
        const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
        CHECK((file.status().permissions() & others) == std::filesystem::perms::none);
    }
}

TEST_CASE("a file with a newer schema is refused and left as it is")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    db.run("pragma user_version = 9999");
    CHECK_THROWS_WITH_AS(db::migrate(db, folder.path() / "backups"), doctest::Contains("schema version 9999"),
                         Error);
    CHECK(db::version_of(db) == 9999);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "backups"));
}
