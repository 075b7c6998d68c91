#include "support/forked.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <atomic>
#include <doctest/doctest.h>
#include <filesystem>
#include <sys/stat.h>
#include <thread>

using namespace skerry;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::ptrdiff_t files_in(const fs::path& folder)
{
    return std::distance(fs::directory_iterator(folder), {});
}

} // namespace

TEST_CASE("a bell is rung by another process")
{
    const TemporaryFolder folder;
    Bell bell(folder.path());
    test::Forked ringer([&] { Bell::ring(folder.path()); });
    CHECK(bell.wait(1h));
    CHECK(ringer.wait() == 0);
}

TEST_CASE("every bell in the folder rings, in other processes too")
{
    const TemporaryFolder folder;
    const auto listen = [&](int) {
        Bell bell(folder.path());
        if (!bell.wait(1h)) throw std::logic_error("it did not ring");
    };
    std::jthread ringer([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) Bell::ring(folder.path());
    });
    CHECK(test::all_at_once(4, listen) == 4);
}

TEST_CASE("many rings are one")
{
    const TemporaryFolder folder;
    Bell bell(folder.path());
    for (int number = 0; number < 100; ++number) Bell::ring(folder.path());
    bell.ring_here();
    CHECK(bell.wait(0ms));
    CHECK_FALSE(bell.wait(0ms));
}

TEST_CASE("a ring before the wait is not lost")
{
    const TemporaryFolder folder;
    Bell bell(folder.path());
    bell.ring_here();
    CHECK(bell.wait(1h));
    Bell::ring(folder.path());
    CHECK(bell.wait(1h));
}

TEST_CASE("a stop request wakes who waits, and is no ring")
{
    const TemporaryFolder folder;
    Bell bell(folder.path());
    std::stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    CHECK_FALSE(bell.wait(1h, stop.get_token()));
    CHECK_FALSE(bell.wait(1h, stop.get_token()));
}

TEST_CASE("the socket of a bell is its owner's, and gone with it")
{
    const TemporaryFolder folder;
    {
        const Bell bell(folder.path());
        REQUIRE(files_in(folder.path()) == 1);
        const auto file = fs::directory_iterator(folder.path())->path();
        CHECK((fs::status(file).permissions() & fs::perms::mask) ==
              (fs::perms::owner_read | fs::perms::owner_write));
    }
    CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("the socket of a process that was killed is removed by the next ring")
{
    const TemporaryFolder folder;
    test::Forked listener([&] {
        Bell bell(folder.path());
        bell.wait(1h);
        bell.wait(1h);
    });
    REQUIRE(test::becomes_true([&] { return files_in(folder.path()) == 1; }));
    listener.kill();
    listener.wait();
    Bell::ring(folder.path());
    CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("what is no bell is left alone")
{
    const TemporaryFolder folder;
    write_file(folder.path() / "note", "keep");
    Bell::ring(folder.path());
    CHECK(files_in(folder.path()) == 1);
    Bell::ring(folder.path() / "not there");
}

TEST_CASE("a bell that is being hung while others ring is not taken for a dead one")
{
    const TemporaryFolder folder;
    std::jthread ringer([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) Bell::ring(folder.path());
    });
    int gone = 0;
    for (int number = 0; number < 1000; ++number) {
        const Bell bell(folder.path());
        if (files_in(folder.path()) == 0) ++gone;
    }
    CHECK(gone == 0);
}

TEST_CASE("a bell hangs in a folder whose name is longer than a socket address")
{
    const TemporaryFolder folder;
    const auto deep = folder.path() / std::string(100, 'a') / std::string(100, 'b');
    make_private_folder(deep);
    Bell bell(deep);
    Bell::ring(deep);
    CHECK(bell.wait(1h));
}

TEST_CASE("a folder that is not there is named")
{
    CHECK_THROWS_WITH_AS(Bell("/no/such/folder"), doctest::Contains("/no/such/folder"), Error);
}
