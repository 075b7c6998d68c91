#include "db/connection.hpp"
#include "db/migrate.hpp"
#include "events/event_log.hpp"
#include "util/files.hpp"

#include <cstdio>
#include <doctest/doctest.h>
#include <exception>
#include <sys/wait.h>
#include <unistd.h>

using namespace skerry;

namespace {

constexpr int processes = 6;
constexpr int events_of_each = 50;

/// What each process does: opens the file that nobody may have made yet, and writes one event after another.
void write_events(const std::filesystem::path& folder)
{
    db::Connection db(folder / "skerry.db");
    db::migrate(db, folder / "backups");
    for (int number = 0; number < events_of_each; ++number)
        events::append(db, {.type = "job.state", .job = number + 1});
}

/// Forks a process that writes and exits with 0 when all went well. It ends without the cleanup of
/// the test program, whose copy it is.
pid_t start_writer(const std::filesystem::path& folder)
{
    const pid_t child = ::fork();
    if (child != 0) return child;
    try {
        write_events(folder);
        ::_exit(0);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "a writer failed: %s\n", error.what());
        ::_exit(1);
    }
}

} // namespace

TEST_CASE("many processes make, migrate and write one file at once, and none is told that it is locked")
{
    const TemporaryFolder folder;
    for (int number = 0; number < processes; ++number) REQUIRE(start_writer(folder.path()) > 0);
    for (int number = 0; number < processes; ++number) {
        int status = -1;
        REQUIRE(::wait(&status) > 0);
        CHECK(status == 0);
    }

    db::Connection db(folder.path() / "skerry.db");
    CHECK(events::newest(db) == processes * events_of_each);
    CHECK(events::read(db, {}, 0).size() == processes * events_of_each);
}
