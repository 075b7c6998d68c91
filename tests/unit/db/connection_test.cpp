#include "db/connection.hpp"
#include "support/database.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;
namespace fs = std::filesystem;

namespace {

struct Boat;

std::int64_t number_from(db::Connection& db, std::string_view sql)
{
    db::Query row(db, sql);
    REQUIRE(row.next());
    return row.number(0);
}

Error error_of(const std::function<void()>& action)
{
    try {
        action();
    } catch (const Error& fault) {
        return fault;
    }
    return {Code::internal, "nothing was thrown"};
}

} // namespace

TEST_CASE("a transaction that is not committed leaves nothing")
{
    test::Database db;
    {
        const db::Transaction transaction(db);
        CHECK(db.in_transaction());
        db::execute(db, "insert into pauses values ('queue', 'slow', 1, '')");
    }
    CHECK_FALSE(db.in_transaction());
    CHECK(number_from(db, "select count(*) from pauses") == 0);
}

TEST_CASE("a transaction that is committed stays, and the next one may begin")
{
    test::Database db;
    for (const char* name : {"one", "two"}) {
        db::Transaction transaction(db);
        db::execute(db, "insert into pauses values ('queue', ?1, 1, '')", name);
        transaction.commit();
        CHECK_FALSE(db.in_transaction());
    }
    CHECK(number_from(db, "select count(*) from pauses") == 2);
}

TEST_CASE("a transaction is rolled back also while a query is open")
{
    test::Database db;
    db::execute(db, "insert into pauses values ('queue', 'a', 1, ''), ('queue', 'b', 1, '')");
    {
        const db::Transaction transaction(db);
        db::execute(db, "insert into pauses values ('queue', 'c', 1, '')");
        db::Query row(db, "select name from pauses");
        CHECK(row.next());
    }
    CHECK(number_from(db, "select count(*) from pauses") == 2);
}

TEST_CASE("a transaction inside a transaction is undone alone and done with it")
{
    test::Database db;
    db.run("create table words(word text)");
    const auto write = [&](const char* word, bool keep) {
        db::Transaction inner(db);
        db::execute(db, "insert into words values (?1)", word);
        if (keep) inner.commit();
    };
    const auto count = [&] {
        db::Query row(db, "select count(*) from words");
        row.next();
        return row.number(0);
    };
    {
        db::Transaction outer(db);
        write("kept", true);
        write("undone", false);
        CHECK(count() == 1);
    }
    CHECK(count() == 0);
    db::Transaction outer(db);
    write("kept", true);
    outer.commit();
    CHECK(count() == 1);
}

TEST_CASE("parameters of every type come back as they went in")
{
    test::Database db;
    enum class Colour { red, green };
    db::Query row(db, "select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10", std::string("é"), 7,
                  std::optional<std::string>(), true, std::numeric_limits<std::int64_t>::min(), 2.5,
                  std::string("a\0b", 3), Id<Boat>("id"), Colour::green, std::optional(3));
    REQUIRE(row.next());
    CHECK(row.text(0) == "é");
    CHECK(row.number(1) == 7);
    CHECK(row.is_null(2));
    CHECK_FALSE(row.text_if_any(2));
    CHECK_FALSE(row.number_if_any(2));
    CHECK(row.boolean(3));
    CHECK(row.number(4) == std::numeric_limits<std::int64_t>::min());
    CHECK(row.real(5) == 2.5);
    CHECK(row.text(6) == std::string("a\0b", 3));
    CHECK(row.id<Boat>(7) == Id<Boat>("id"));
    CHECK(row.number(8) == 1);
    CHECK(row.number_if_any(9) == 3);
    CHECK_FALSE(row.next());
}

TEST_CASE("a statement is used again, without the parameters of the last time")
{
    test::Database db;
    for (int number = 0; number < 3; ++number) {
        db::Query row(db, "select ?1", number);
        REQUIRE(row.next());
        CHECK(row.number(0) == number);
    } // left in the middle
    db::Query row(db, "select ?1");
    REQUIRE(row.next());
    CHECK(row.is_null(0));
}

TEST_CASE("the same statement may be open several times at once")
{
    test::Database db;
    db::execute(
        db, "insert into pauses values ('queue', 'a', 1, ''), ('queue', 'b', 1, ''), ('queue', 'c', 1, '')");
    std::string pairs;
    const auto* const sql = "select name from pauses where name <> ?1 order by name";
    for (db::Query outer(db, sql, ""); outer.next();)
        for (db::Query inner(db, sql, outer.text(0)); inner.next();)
            pairs += outer.text(0) + inner.text(0) + " ";
    CHECK(pairs == "ab ac ba bc ca cb ");
}

TEST_CASE("the text of a statement need not outlive the query")
{
    test::Database db;
    for (int number = 0; number < 50; ++number) {
        db::Query row(db, "select " + std::to_string(number) + " + ?1", 1);
        REQUIRE(row.next());
        CHECK(row.number(0) == number + 1);
    }
}

TEST_CASE("a statement says how many rows it changed")
{
    test::Database db;
    CHECK(db::execute(db, "insert into pauses values ('queue', 'a', 1, ''), ('queue', 'b', 1, '')") == 2);
    CHECK(db::execute(db, "update pauses set paused_at = 1 where name = 'a'") == 1);
    CHECK(db::execute(db, "update pauses set paused_at = 1 where name = 'none'") == 0);
    CHECK(db::execute(db, "delete from pauses") == 2);
}

TEST_CASE("every mistake is an Error, and the connection is of use afterwards")
{
    test::Database db;
    CHECK_THROWS_AS(db::execute(db, "select nonsense from nowhere"), Error);
    CHECK_THROWS_AS(db::execute(db, "select 1", 1), Error); // no such parameter
    CHECK_THROWS_AS(db.run("create table"), Error);
    db::execute(db, "insert into pauses values ('queue', 'a', 1, '')");
    CHECK_THROWS_WITH_AS(db::execute(db, "insert into pauses values ('queue', ?1, 1, '')", "a"),
                         doctest::Contains("UNIQUE"), Error);
    CHECK_THROWS_WITH_AS(
        db::execute(db, "insert into ports(port, project_id, service) values (1, 'none', 'app')"),
        doctest::Contains("FOREIGN KEY"), Error);
    db::Query row(db, "select 1");
    CHECK_THROWS_AS((void)row.number(0), Error); // not stepped to
    REQUIRE(row.next());
    CHECK_THROWS_AS((void)row.text(1), Error); // no such column
    CHECK(number_from(db, "select count(*) from pauses") == 1);
}

TEST_CASE("the database is readable by its owner only, and so is what SQLite keeps beside it")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    db::migrate(db, folder.path() / "backups");
    int files = 0;
    for (const auto& file : fs::directory_iterator(folder.path())) {
        CHECK((file.status().permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
              fs::perms::none);
        ++files;
    }
    CHECK(files == 3);
}

TEST_CASE("the settings that the rest relies on are in force")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    CHECK(number_from(db, "pragma foreign_keys") == 1);
    CHECK(number_from(db, "pragma synchronous") == 2);
    CHECK(number_from(db, "pragma trusted_schema") == 0);
    db::Query mode(db, "pragma journal_mode");
    REQUIRE(mode.next());
    CHECK(mode.text(0) == "wal");
    db.set_durability(db::Durability::full);
    CHECK(number_from(db, "pragma synchronous") == 2);
    db.set_durability(db::Durability::normal);
    CHECK(number_from(db, "pragma synchronous") == 1);
}

TEST_CASE("a write waits for that of another as long as its patience lasts")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    db::Connection other(folder.path() / "skerry.db");
    db::Transaction writes(other);
    db.set_patience(std::chrono::milliseconds(20));
    CHECK_THROWS_WITH_AS(db::Transaction{db}, doctest::Contains("busy"), Error);
    writes.commit();
    CHECK_NOTHROW(db::Transaction{db});
}

TEST_CASE("the data version tells commits of others apart from one's own")
{
    const TemporaryFolder folder;
    db::Connection mine(folder.path() / "skerry.db");
    db::migrate(mine, {});
    db::Connection other(folder.path() / "skerry.db");
    const auto before = mine.data_version();
    db::execute(mine, "insert into pauses values ('queue', 'mine', 1, '')");
    CHECK(mine.data_version() == before);
    db::execute(other, "insert into pauses values ('queue', 'other', 1, '')");
    CHECK(mine.data_version() != before);
}

TEST_CASE("a connection may be moved")
{
    test::Database db;
    db::execute(db, "insert into pauses values ('queue', 'a', 1, '')");
    db::Connection moved(std::move(db));
    CHECK(number_from(moved, "select count(*) from pauses") == 1);
}

TEST_CASE("a full disk is said to be full, and nothing is left of the transaction")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "skerry.db");
    db::migrate(db, {});
    db.run("pragma max_page_count = " + std::to_string(number_from(db, "pragma page_count") + 2));
    const auto fill = [&] {
        db::Transaction transaction(db);
        for (int number = 0; number < 100; ++number)
            db::execute(db, "insert into pauses values ('queue', ?1, 1, '')",
                        std::string(1000, 'x') + std::to_string(number));
        transaction.commit();
    };
    const auto fault = error_of(fill);
    CHECK(fault.code() == Code::unavailable);
    CHECK(std::string(fault.what()) == "the disk is full");
    CHECK_FALSE(fault.hint().empty());
    CHECK_FALSE(db.in_transaction());
    CHECK(number_from(db, "select count(*) from pauses") == 0);
}

TEST_CASE("a file that is no database, or a damaged one, is said to be so")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "skerry.db";
    const auto open = [&] {
        db::Connection db(file);
        db::migrate(db, {});
        db::execute(db, "delete from projects");
    };
    write_file(file, std::string(8192, 'x'));
    CHECK(std::string(error_of(open).what()).find("is damaged") != std::string::npos);
    CHECK_FALSE(error_of(open).hint().empty());
    CHECK(read_file(file) == std::string(8192, 'x'));

    fs::remove(file);
    open();
    {
        db::Connection db(file, db::Role::worker); // closing it moves all into the file
    }
    auto text = read_file(file);
    text.replace(4096, 8192, 8192, '\xAA');
    write_file(file, text);
    CHECK(std::string(error_of(open).what()).find("is damaged") != std::string::npos);
}

TEST_CASE("a folder in place of the file, or none around it, is named")
{
    const TemporaryFolder folder;
    CHECK(error_of([&] { db::Connection db(folder.path()); }).code() == Code::unavailable);
    CHECK(std::string(error_of([&] { db::Connection db(folder.path() / "no" / "skerry.db"); }).what())
              .find("skerry.db") != std::string::npos);
}

TEST_CASE("a checkpoint cuts the write-ahead log, and one that fails changes no setting")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "skerry.db";
    db::Connection db(file);
    db::migrate(db, {});
    db.set_patience(std::chrono::seconds(7));
    CHECK(fs::file_size(file.string() + "-wal") > 0);
    {
        db::Transaction transaction(db);
        db::execute(db, "insert into pauses values ('queue', 'a', 1, '')");
        CHECK_THROWS_AS(db.checkpoint(), Error);
        CHECK(db.patience() == std::chrono::seconds(7));
        transaction.commit();
    }
    db.checkpoint();
    CHECK(fs::file_size(file.string() + "-wal") == 0);
    CHECK(number_from(db, "select count(*) from pauses") == 1);
    CHECK(db.patience() == std::chrono::seconds(7));
}

TEST_CASE("within a snapshot all is read from one moment, whatever others write meanwhile")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "boats.db");
    db::Connection other(folder.path() / "boats.db");
    db.run("create table boats (name text)");
    {
        const db::Snapshot snapshot(db);
        CHECK(number_from(db, "select count(*) from boats") == 0);
        db::execute(other, "insert into boats values ('Ida')");
        CHECK(number_from(db, "select count(*) from boats") == 0);
        const db::Snapshot inner(db);
        CHECK(number_from(db, "select count(*) from boats") == 0);
        db.end_snapshot();
        CHECK(number_from(db, "select count(*) from boats") == 1);
        db.end_snapshot(); // has nothing to end
    }
    CHECK_FALSE(db.in_transaction());
    CHECK(number_from(db, "select count(*) from boats") == 1);
}

TEST_CASE("a transaction within a snapshot ends it, and writes on what is there by then")
{
    const TemporaryFolder folder;
    db::Connection db(folder.path() / "boats.db");
    db::Connection other(folder.path() / "boats.db");
    db.run("create table boats (name text)");
    {
        const db::Snapshot snapshot(db);
        CHECK(number_from(db, "select count(*) from boats") == 0);
        db::execute(other, "insert into boats values ('Ida')");
        db::Transaction transaction(db); // would be refused on what was read before
        CHECK(number_from(db, "select count(*) from boats") == 1);
        db::execute(db, "insert into boats values ('Nora')");
        transaction.commit();
        CHECK_FALSE(db.in_transaction());
    }
    CHECK(number_from(other, "select count(*) from boats") == 2);
    {
        db::Transaction transaction(db);
        const db::Snapshot inner(db); // is nothing within one
        db.end_snapshot();
        CHECK(db.in_transaction());
        transaction.commit();
    }
}
