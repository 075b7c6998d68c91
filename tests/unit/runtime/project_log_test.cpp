#include "runtime/project_log.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using runtime::ProjectLog;
using Lines = std::vector<std::string>;

namespace {

struct LogFolder {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "project.log";
};

} // namespace

TEST_CASE("a log is read on where it was left, by source")
{
    const LogFolder place;
    const ProjectLog log(place.file);
    CHECK(runtime::read(place.file, 0).lines.empty());
    CHECK(log.append("app", {"one", "two"}));
    CHECK(log.append("agent", {"three"}));

    const auto first = runtime::read(place.file, 0);
    CHECK(first.lines == Lines{"[app] one", "[app] two", "[agent] three"});
    CHECK(runtime::read(place.file, 0, "agent").lines == Lines{"[agent] three"});
    CHECK(runtime::read(place.file, first.next).lines.empty());
    log.append("app", {"four"});
    CHECK(runtime::read(place.file, first.next).lines == Lines{"[app] four"});
    CHECK(runtime::read(place.file, 3).lines[0] == "[app] two"); // an offset inside a line
}

TEST_CASE("what skerry did is told with its time")
{
    const LogFolder place;
    const ProjectLog log(place.file);
    CHECK(log.host("git init: exit code 0"));
    const auto line = runtime::read(place.file, 0, "host").lines.at(0);
    CHECK(line.starts_with("[host] git init: exit code 0 (20"));
    CHECK(line.ends_with("Z)"));
}

TEST_CASE("a line break inside a line cannot forge another source's line")
{
    const LogFolder place;
    ProjectLog(place.file).append("app", {"text\n[host] stopped"});
    CHECK(runtime::read(place.file, 0).lines == Lines{"[app] text[host] stopped"});
}

TEST_CASE("a line that is not finished yet is not read")
{
    const LogFolder place;
    write_file(place.file, "[app] whole\n[app] ha");
    const auto part = runtime::read(place.file, 0);
    CHECK(part.lines == Lines{"[app] whole"});
    CHECK(part.next == 12);
}

TEST_CASE("offsets go on over a rotation, and who was away for too long is told")
{
    const LogFolder place;
    const ProjectLog log(place.file, 100);
    std::uint64_t offset = 0;
    Lines seen;
    for (int number = 0; number < 30; ++number) {
        log.append("app", {std::to_string(number)});
        const auto part = runtime::read(place.file, offset);
        CHECK_FALSE(part.truncated);
        offset = part.next;
        for (const auto& line : part.lines)
            if (!line.starts_with("[host] log rotated")) seen.push_back(line);
    }
    REQUIRE(seen.size() == 30);
    for (std::size_t number = 0; number < 30; ++number)
        CHECK(seen[number] == "[app] " + std::to_string(number));

    const auto late = runtime::read(place.file, 1);
    CHECK(late.truncated);
    CHECK(late.next == offset);
    CHECK(late.lines.back() == "[app] 29");
    CHECK(std::filesystem::exists(place.folder.path() / "project.log.1"));
    CHECK_FALSE(std::filesystem::exists(place.folder.path() / "project.log.2"));
}

TEST_CASE("a log that somebody removed begins anew, and its reader is told")
{
    const LogFolder place;
    const ProjectLog log(place.file);
    log.append("app", {"a long first line"});
    const auto offset = runtime::read(place.file, 0).next;
    std::filesystem::remove(place.file);
    CHECK(runtime::read(place.file, offset).truncated);
    log.append("app", {"new"});
    const auto part = runtime::read(place.file, offset);
    CHECK(part.truncated);
    CHECK(part.lines == Lines{"[app] new"});
}

TEST_CASE("the last lines are found, also when the log has just been rotated")
{
    const LogFolder place;
    const ProjectLog log(place.file, 100);
    for (int number = 0; number < 9; ++number)
        log.append(number % 2 == 0 ? "app" : "agent", {std::to_string(number)});
    CHECK(runtime::tail(place.file, 2, "app") == Lines{"[app] 6", "[app] 8"});
    CHECK(runtime::tail(place.file, 3).size() == 3);
    CHECK(runtime::tail(place.file, 3).back() == "[app] 8");
    const auto part = runtime::read_tail(place.file, 1);
    CHECK(runtime::read(place.file, part.next).lines.empty());
    CHECK(runtime::tail(place.folder.path() / "none", 3).empty());
}

TEST_CASE("a much longer log is read in parts")
{
    const LogFolder place;
    const ProjectLog log(place.file);
    for (int number = 0; number < 200; ++number) log.append("app", {std::string(1000, 'x')});
    std::uint64_t offset = 0;
    std::size_t count = 0;
    int parts = 0;
    for (auto part = runtime::read(place.file, 0, {}, 20'000); !part.lines.empty();
         part = runtime::read(place.file, offset, {}, 20'000)) {
        offset = part.next;
        count += part.lines.size();
        ++parts;
    }
    CHECK(count == 200);
    CHECK(parts > 5);
}
