#include "db/connection.hpp"
#include "db/migrate.hpp"
#include "events/event_log.hpp"
#include "support/forked.hpp"
#include "util/descriptor.hpp"
#include "util/embedded.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

using namespace skerry;
namespace fs = std::filesystem;

namespace {

constexpr int processes = 16;
constexpr int events_of_each = 50;

std::int64_t number_from(db::Connection& db, std::string_view sql)
{
    db::Query row(db, sql);
    REQUIRE(row.next());
    return row.number(0);
}

/// Version 2 of a schema whose version 1 is `boats(name)`.
const std::vector<EmbeddedFile> boats_1{{"0001_boats.sql", "create table boats(name text) strict;"}};
const std::vector<EmbeddedFile> boats_2{boats_1[0],
                                        {"0002_crew.sql", "alter table boats add column crew integer;"}};

/// The same, but on the way to version 2 it takes so long that it can be killed there.
const std::vector<EmbeddedFile> boats_slow{
    boats_1[0],
    {"0002_slow.sql",
     "alter table boats add column crew integer; insert into boats(name) select 'x' from (with recursive "
     "n(i) as (select 1 union all select i + 1 from n) select i from n);"}};

void make_old_file(const fs::path& folder)
{
    db::Connection db(folder / "skerry.db");
    db::migrate(db, folder / "backups", boats_1);
    db::execute(db, "insert into boats(name) values ('Skerry')");
}

std::vector<fs::path> files_in(const fs::path& folder)
{
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path());
    return found;
}

} // namespace

TEST_CASE("many processes make, migrate and write one file at once, and none is told that it is locked")
{
    const TemporaryFolder folder;
    const auto write_events = [&](int) {
        db::Connection db(folder.path() / "skerry.db");
        db::migrate(db, folder.path() / "backups");
        for (int number = 0; number < events_of_each; ++number)
            events::append(db, {.type = "job.state", .job = number + 1});
    };
    CHECK(test::all_at_once(processes, write_events) == processes);

    db::Connection db(folder.path() / "skerry.db");
    CHECK(db::version_of(db) == db::newest_version());
    CHECK(events::newest(db) == processes * events_of_each);
    CHECK(number_from(db, "select count(*) from events") == processes * events_of_each);
    CHECK_FALSE(fs::exists(folder.path() / "backups"));
}

TEST_CASE("an older file is copied once and migrated once, however many open it")
{
    const TemporaryFolder folder;
    make_old_file(folder.path());
    const auto open = [&](int) {
        db::Connection db(folder.path() / "skerry.db");
        db::migrate(db, folder.path() / "backups", boats_2);
        if (number_from(db, "select count(crew) + count(*) from boats") != 1)
            throw std::logic_error("another schema");
    };
    CHECK(test::all_at_once(processes, open) == processes);

    const auto copies = files_in(folder.path() / "backups");
    REQUIRE(copies.size() == 1);
    CHECK(copies[0].filename().string().starts_with("skerry-1-"));
    CHECK(copies[0].extension() == ".db");
    CHECK((fs::status(copies[0]).permissions() & fs::perms::mask) ==
          (fs::perms::owner_read | fs::perms::owner_write));
    CHECK((fs::status(folder.path() / "backups").permissions() & fs::perms::mask) == fs::perms::owner_all);
    db::Connection copy(copies[0]);
    CHECK(db::version_of(copy) == 1);
    CHECK(number_from(copy, "select count(*) from boats where name = 'Skerry'") == 1);
}

TEST_CASE("a process that is killed while it migrates leaves the old version, and the next one migrates")
{
    const TemporaryFolder folder;
    make_old_file(folder.path());
    test::Forked migrating([&] {
        db::Connection db(folder.path() / "skerry.db");
        db::migrate(db, folder.path() / "backups", boats_slow);
    });
    const auto log = folder.path() / "skerry.db-wal";
    std::error_code none;
    REQUIRE(
        test::becomes_true([&] { return fs::file_size(log, none) + 1 > 2'000'000; })); // it is in the middle
    migrating.kill();
    migrating.wait();

    db::Connection db(folder.path() / "skerry.db");
    CHECK(db::version_of(db) == 1);
    CHECK(number_from(db, "select count(*) from boats") == 1);
    CHECK(number_from(db, "select count(*) from pragma_table_info('boats')") == 1);
    db::migrate(db, folder.path() / "backups", boats_2);
    CHECK(db::version_of(db) == 2);
}

TEST_CASE("a process that is killed while it writes leaves a whole transaction or none")
{
    const TemporaryFolder folder;
    test::Forked writer([&] {
        db::Connection db(folder.path() / "skerry.db");
        db::migrate(db, folder.path() / "backups");
        for (;;) {
            db::Transaction pair(db);
            events::append(db, {.type = "first"});
            events::append(db, {.type = "second"});
            pair.commit();
        }
    });
    REQUIRE(test::becomes_true([&] {
        if (!fs::exists(folder.path() / "skerry.db")) return false;
        db::Connection db(folder.path() / "skerry.db");
        return db::version_of(db) == db::newest_version() && events::newest(db) > 200;
    }));
    writer.kill();
    writer.wait();
    db::Connection db(folder.path() / "skerry.db");
    CHECK(number_from(db, "select count(*) % 2 from events") == 0);
    CHECK(number_from(db, "select count(*) from pragma_integrity_check() where integrity_check <> 'ok'") ==
          0);
}

TEST_CASE("whoever polls the events while others write them misses none and sees them in order")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "skerry.db";
    {
        db::Connection db(file);
        db::migrate(db, folder.path() / "backups");
    }
    constexpr int writers = 4;
    constexpr int pairs = 60;
    std::vector<test::Forked> writing;
    for (int writer = 0; writer < writers; ++writer)
        writing.emplace_back([&file, writer] {
            db::Connection db(file);
            for (int number = 0; number < pairs; ++number) {
                db::Transaction pair(db);
                events::append(db, {.type = "pair", .project = std::to_string(writer), .job = number + 1});
                std::this_thread::yield(); // the other half comes later, and nobody's event in between
                events::append(db, {.type = "pair", .project = std::to_string(writer), .job = number + 1});
                if (number % 10 == 9) continue; // rolled back: its numbers are given to others
                pair.commit();
            }
        });

    db::Connection db(file);
    std::vector<events::Event> seen;
    constexpr std::size_t all = writers * (pairs - pairs / 10) * 2;
    CHECK(test::becomes_true([&] {
        for (auto& event : events::read(db, {}, seen.empty() ? 0 : seen.back().seq, 7))
            seen.push_back(std::move(event));
        return seen.size() >= all;
    }));
    for (auto& one : writing) CHECK(one.wait() == 0);
    CHECK(events::read(db, {}, seen.back().seq).empty());
    REQUIRE(seen.size() == all);
    std::vector<std::int64_t> last(writers);
    for (std::size_t place = 0; place < seen.size(); ++place) {
        if (place > 0) CHECK(seen[place].seq > seen[place - 1].seq);
        if (place % 2 == 0) CHECK(seen[place].fact.project == seen[place + 1].fact.project);
        auto& before = last.at(std::stoul(seen[place].fact.project));
        CHECK(seen[place].fact.job >= before);
        before = seen[place].fact.job;
    }
}

TEST_CASE("a write that waits longer than the limit is refused as busy")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "skerry.db";
    db::Connection db(file);
    db::migrate(db, folder.path() / "backups");
    const auto pipe = make_pipe();
    test::Forked holder([&] {
        db::Connection other(file);
        const db::Transaction transaction(other);
        if (::write(pipe.write.get(), "!", 1) != 1) throw std::logic_error("cannot tell");
        for (;;) ::pause();
    });
    char held = 0;
    REQUIRE(::read(pipe.read.get(), &held, 1) == 1);
    db.set_patience(std::chrono::milliseconds(50));
    CHECK_THROWS_WITH_AS(db::Transaction{db}, doctest::Contains("the database is busy"), Error);
    CHECK(events::newest(db) == 0); // reading goes on
    holder.kill();
    holder.wait();
    db::Transaction(db).commit();
}

TEST_CASE("a file and a folder that may not be written are said to be so")
{
    const TemporaryFolder folder;
    ::chmod(folder.path().c_str(), 0777);
    const auto file = folder.path() / "skerry.db";
    const auto as_nobody = [&] {
        constexpr unsigned nobody = 65534;
        if (::geteuid() == 0 && ::setresuid(nobody, nobody, nobody) != 0)
            throw std::logic_error("still root");
        const auto refusal = [&] {
            try {
                db::Connection db(file);
                db::execute(db, "insert into boats(name) values ('Skerry')");
            } catch (const Error& fault) {
                return fault.code() == Code::unavailable && !fault.hint().empty();
            }
            return false;
        };
        {
            db::Connection db(file);
            db::migrate(db, folder.path() / "backups", boats_1);
        }
        ::chmod(file.c_str(), 0400);
        if (!refusal()) throw std::logic_error("a file that may only be read was taken");
        ::chmod(file.c_str(), 0);
        if (!refusal()) throw std::logic_error("a file that may not be read was taken");
        ::chmod(file.c_str(), 0600);
        for (const auto& entry : files_in(folder.path())) fs::remove(entry);
        fs::create_directory(folder.path() / "closed");
        ::chmod((folder.path() / "closed").c_str(), 0500);
        try {
            db::Connection db(folder.path() / "closed" / "skerry.db");
        } catch (const Error& fault) {
            if (fault.code() == Code::unavailable && !fault.hint().empty()) return;
        }
        throw std::logic_error("a folder that may not be written was taken");
    };
    CHECK(test::Forked(as_nobody).wait() == 0);
}
