#include "util/files.hpp"
#include "util/line_log.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace skerry;
using Lines = std::vector<std::string>;

namespace {

struct LogPlace {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "some.log";
};

Lines texts_of(const LogPart& part)
{
    Lines lines;
    for (const auto& line : part.lines) lines.push_back(line.text);
    return lines;
}

} // namespace

TEST_CASE("a log is read on where it was left, and each line knows its offset")
{
    const LogPlace place;
    LogWriter log(place.file);
    CHECK(read_log(place.file, 0).lines.empty());
    const auto first = log.append("one\ntwo\n");
    REQUIRE(first);
    CHECK(first->from == 0);
    CHECK(first->to == 8);

    const auto part = read_log(place.file, 0);
    CHECK(texts_of(part) == Lines{"one", "two"});
    CHECK(part.lines[1].offset == 4);
    CHECK(read_log(place.file, part.next).lines.empty());
    CHECK(log.append("three\n")->from == 8);
    CHECK(texts_of(read_log(place.file, part.next)) == Lines{"three"});
    const auto inside = read_log(place.file, 1); // an offset inside a line
    CHECK(inside.lines.at(0).text == "two");
    CHECK(inside.lines.at(0).offset == 4);
    CHECK(texts_of(read_log(place.file, 0, [](auto line) { return line != "two"; })) ==
          Lines{"one", "three"});
}

TEST_CASE("a log is its owner's alone")
{
    const LogPlace place;
    LogWriter(place.file).append("one\n");
    struct stat facts {};
    REQUIRE(::stat(place.file.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0600U);
}

TEST_CASE("a line that is not finished yet is not read")
{
    const LogPlace place;
    write_file(place.file, "whole\nha");
    const auto part = read_log(place.file, 0);
    CHECK(texts_of(part) == Lines{"whole"});
    CHECK(part.next == 6);
}

TEST_CASE("offsets go on over a rotation, and who was away for too long is told")
{
    const LogPlace place;
    LogWriter log(place.file, 100);
    std::uint64_t offset = 0;
    Lines seen;
    for (int number = 0; number < 30; ++number) {
        const auto range = log.append("number " + std::to_string(number) + "\n");
        REQUIRE(range);
        const auto part = read_log(place.file, offset);
        CHECK_FALSE(part.truncated);
        offset = part.next;
        for (const auto& line : part.lines) {
            if (is_rotation(line.text)) continue;
            CHECK(line.offset == range->from);
            seen.push_back(line.text);
        }
    }
    REQUIRE(seen.size() == 30);
    for (std::size_t number = 0; number < 30; ++number)
        CHECK(seen[number] == "number " + std::to_string(number));

    const auto late = read_log(place.file, 1);
    CHECK(late.truncated);
    CHECK(late.next == offset);
    CHECK(late.lines.back().text == "number 29");
    CHECK(std::filesystem::exists(place.folder.path() / "some.log.1"));
    CHECK_FALSE(std::filesystem::exists(place.folder.path() / "some.log.2"));
}

TEST_CASE("a writer that keeps the log open writes where another one has rotated it to")
{
    const LogPlace place;
    LogWriter kept(place.file, 100);
    LogWriter other(place.file, 100);
    REQUIRE(kept.append("first\n"));
    REQUIRE(other.append(std::string(100, 'x') + "\n"));
    const auto range = kept.append("second\n");
    REQUIRE(range);
    const auto part = read_log(place.file, range->from);
    CHECK_FALSE(part.truncated);
    CHECK(texts_of(part) == Lines{"second"});
}

TEST_CASE("a log that somebody removed begins anew, and its reader is told")
{
    const LogPlace place;
    LogWriter log(place.file);
    log.append("a long first line\n");
    const auto offset = read_log(place.file, 0).next;
    std::filesystem::remove(place.file);
    CHECK(read_log(place.file, offset).truncated);
    log.append("new\n");
    const auto part = read_log(place.file, offset);
    CHECK(part.truncated);
    CHECK(texts_of(part) == Lines{"new"});
}

TEST_CASE("a log that cannot be written says so")
{
    const LogPlace place;
    CHECK_FALSE(LogWriter(place.folder.path() / "none" / "some.log").append("one\n"));
    std::filesystem::create_symlink("elsewhere", place.folder.path() / "link");
    CHECK_FALSE(LogWriter(place.folder.path() / "link").append("one\n"));
}

TEST_CASE("the last lines are found, also when the log has just been rotated")
{
    const LogPlace place;
    LogWriter log(place.file, 100);
    for (int number = 0; number < 20; ++number)
        log.append((number % 2 == 0 ? "even " : "odd ") + std::to_string(number) + "\n");
    CHECK(texts_of(read_log_tail(place.file, 2, [](auto line) { return line.starts_with("even"); })) ==
          Lines{"even 16", "even 18"});
    const auto part = read_log_tail(place.file, 3);
    CHECK(texts_of(part).back() == "odd 19");
    CHECK(read_log(place.file, part.lines.back().offset).lines.size() == 1);
    CHECK(read_log(place.file, part.next).lines.empty());
}

TEST_CASE("a much longer log is read in parts")
{
    const LogPlace place;
    LogWriter log(place.file);
    for (int number = 0; number < 200; ++number) log.append(std::string(1000, 'x') + "\n");
    std::uint64_t offset = 0;
    std::size_t count = 0;
    int parts = 0;
    for (auto part = read_log(place.file, 0, {}, 20'000); !part.lines.empty();
         part = read_log(place.file, offset, {}, 20'000)) {
        offset = part.next;
        count += part.lines.size();
        ++parts;
    }
    CHECK(count == 200);
    CHECK(parts > 5);
}
