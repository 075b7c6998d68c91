#include "support/forked.hpp"
#include "util/error.hpp"
#include "util/file_lock.hpp"
#include "util/files.hpp"
#include "util/process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <thread>

using namespace skerry;

namespace {

/// Holds the lock until it is killed.
test::Forked holder_of(const std::filesystem::path& file)
{
    test::Forked holder([file] {
        const auto lock = FileLock::acquire(file);
        for (;;) ::pause();
    });
    REQUIRE(test::becomes_true([&] { return FileLock::is_held(file); }));
    return holder;
}

} // namespace

TEST_CASE("a lock dies with the process that holds it")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    auto holder = holder_of(file);
    CHECK_FALSE(FileLock::try_acquire(file));
    holder.kill();
    holder.wait();
    CHECK_FALSE(FileLock::is_held(file));
    CHECK(FileLock::try_acquire(file));
}

TEST_CASE("whoever waits for a lock gets it when its holder dies")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    auto holder = holder_of(file);
    std::jthread killer([&] { holder.kill(); });
    const auto lock = FileLock::acquire(file);
    CHECK(FileLock::is_held(file));
}

TEST_CASE("a lock is held until its owner lets it go, against the same process too")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    CHECK_FALSE(FileLock::is_held(file));
    {
        auto lock = FileLock::try_acquire(file);
        REQUIRE(lock);
        CHECK(FileLock::is_held(file));
        CHECK_FALSE(FileLock::try_acquire(file));
        const auto moved = std::move(*lock);
        CHECK(FileLock::is_held(file));
    }
    CHECK_FALSE(FileLock::is_held(file));
}

TEST_CASE("one of many gets the lock")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    const auto pipe = make_pipe();
    const auto take = [&](int) {
        const auto lock = FileLock::try_acquire(file);
        if (!lock) std::_Exit(1);
        char all_have_tried = 0;
        [[maybe_unused]] const auto count = ::read(pipe.read.get(), &all_have_tried, 1);
    };
    std::vector<test::Forked> processes;
    for (int number = 0; number < 8; ++number) processes.emplace_back([&] { take(number); });
    CHECK(test::becomes_true([&] {
        return std::count_if(processes.begin(), processes.end(),
                             [](const auto& one) { return test::is_running(one.pid()); }) == 1;
    }));
    CHECK(::write(pipe.write.get(), "!", 1) == 1);
    CHECK(std::count_if(processes.begin(), processes.end(), [](auto& one) { return one.wait() == 0; }) == 1);
}

TEST_CASE("looking whether a lock is held never keeps anybody from getting it")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    write_file(file, "");
    const auto look = [&](const std::stop_token& stop) {
        while (!stop.stop_requested()) FileLock::is_held(file);
    };
    const std::jthread one(look);
    const std::jthread other(look);
    int refused = 0;
    for (int number = 0; number < 5000; ++number)
        if (!FileLock::try_acquire(file)) ++refused;
    CHECK(refused == 0);
}

TEST_CASE("a child that is started meanwhile does not hold the lock")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    const auto pipe = make_pipe();
    auto lock = FileLock::try_acquire(file);
    const process::Child child({.words = {"sleep", "1000"}}, pipe.write.get(), pipe.write.get());
    lock.reset();
    CHECK_FALSE(FileLock::is_held(file));
}

TEST_CASE("a lock that cannot be looked at is not said to be free")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    const auto lock = FileLock::acquire(file);
    test::Forked copy([&] {
        const rlimit none{3, 3};
        ::setrlimit(RLIMIT_NOFILE, &none);
        try {
            FileLock::is_held(file);
        } catch (const Error&) {
            return;
        }
        throw std::logic_error("it was said to be free");
    });
    CHECK(copy.wait() == 0);
    CHECK_FALSE(FileLock::is_held(folder.path() / "not there"));
    CHECK_FALSE(FileLock::is_held(file / "below a file"));
    CHECK_THROWS_WITH_AS(FileLock::acquire("/no/such/folder/lock"), doctest::Contains("/no/such/folder/lock"),
                         Error);
}
