#include "runtime/project_log.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

using namespace skerry;

namespace {

/// Writes numbered lines from a process of its own.
pid_t start_writer(const runtime::ProjectLog& log, const std::string& source, int lines)
{
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    bool good = true;
    for (int number = 0; number < lines; ++number)
        good = log.append(source, {std::to_string(number) + " " + std::string(50, 'x')}) && good;
    ::_exit(good ? 0 : 1);
}

} // namespace

TEST_CASE("lines of several processes are whole, once and in order, also across rotations")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "project.log";
    constexpr int writers = 4;
    constexpr int lines = 3000;
    constexpr std::uintmax_t largest = 256U << 10U; // rotates several times while a reader keeps up
    const runtime::ProjectLog log(file, largest);
    for (int writer = 0; writer < writers; ++writer) start_writer(log, "app" + std::to_string(writer), lines);

    std::map<std::string, int> seen;
    std::uint64_t offset = 0;
    int left = writers;
    for (bool more = true; left > 0 || more;) {
        int status = 0;
        if (left > 0 && ::waitpid(-1, &status, WNOHANG) > 0) {
            --left;
            CHECK(status == 0);
        }
        const auto part = read_log(file, offset);
        REQUIRE_FALSE(part.truncated);
        more = part.next != offset;
        offset = part.next;
        for (const auto& [at, line] : part.lines) {
            if (is_rotation(line)) continue;
            const auto source = line.substr(0, line.find(' '));
            REQUIRE(line == source + " " + std::to_string(seen[source]) + " " + std::string(50, 'x'));
            ++seen[source];
        }
    }
    CHECK(seen.size() == writers);
    for (const auto& [source, count] : seen) CHECK(count == lines);
    CHECK(offset > 2 * largest);
}
