#include "queue/job_log.hpp"
#include "util/files.hpp"

#include <array>
#include <csignal>
#include <doctest/doctest.h>
#include <sys/resource.h>

using namespace skerry;
using queue::JobLog;

namespace {

struct JobLogPlace {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "jobs" / "7.log";
};

std::vector<std::string> texts_in(const std::filesystem::path& file)
{
    std::vector<std::string> texts;
    for (const auto& line : read_log(file, 0).lines)
        texts.emplace_back(queue::parts_of_job_line(line.text).text);
    return texts;
}

} // namespace

TEST_CASE("a job that says nothing has no log")
{
    const JobLogPlace place;
    const JobLog log(place.file);
    CHECK_FALSE(log.written());
    CHECK_FALSE(std::filesystem::exists(place.file.parent_path()));
}

TEST_CASE("an attempt knows where in the log of its job it stands")
{
    const JobLogPlace place;
    JobLog first(place.file);
    first.append("one");
    JobLog second(place.file);
    second.append("two");
    second.append(std::array<std::string, 2>{"three", "four"});

    CHECK(texts_in(place.file) == std::vector<std::string>{"one", "two", "three", "four"});
    REQUIRE(first.written());
    REQUIRE(second.written());
    CHECK(first.written()->from == 0);
    CHECK(first.written()->to == second.written()->from);
    CHECK(second.written()->to == std::filesystem::file_size(place.file));
    const auto part = read_log(place.file, second.written()->from);
    CHECK(queue::parts_of_job_line(part.lines.at(0).text).text == "two");
}

TEST_CASE("a line of a job's log begins with its time and cannot be forged")
{
    const JobLogPlace place;
    JobLog(place.file).append("a\nb \x1b[31mred\x1b[0m");
    const auto lines = read_log(place.file, 0).lines;
    REQUIRE(lines.size() == 1);
    const auto [time, source, text] = queue::parts_of_job_line(lines[0].text);
    CHECK(source.empty());
    CHECK(time.starts_with("20"));
    CHECK(time.ends_with("Z"));
    CHECK(text == "ab red");
    CHECK(queue::parts_of_job_line("no time here").text == "no time here");
    CHECK(queue::parts_of_job_line("").time.empty());
}

TEST_CASE("a piece of a command's output is not cut, and the longest line can be read")
{
    const JobLogPlace place;
    const std::string piece = "[out] " + std::string(15'000, 'x');
    JobLog log(place.file);
    log.append(piece);
    log.append(std::string(100'000, 'y'));
    const auto first = read_log(place.file, 0, {}, 1);
    CHECK(queue::parts_of_job_line(first.lines.at(0).text).text == piece.substr(6));
    const auto second = read_log(place.file, log.written()->from + first.lines.at(0).text.size() + 1, {}, 1);
    CHECK(second.lines.at(0).text.ends_with("y…"));
}

TEST_CASE("a line that a command wrote tells which way")
{
    const auto parts = queue::parts_of_job_line("2026-11-22T18:40:24.123Z [err] no rule");
    CHECK(parts.source == "err");
    CHECK(parts.text == "no rule");
    CHECK(queue::parts_of_job_line("2026-11-22T18:40:24.123Z [any] text").source.empty());
    CHECK(queue::parts_of_job_line("2026-11-22T18:40:24.123Z [any] text").text == "[any] text");
}

TEST_CASE("where lines are missing because the disk was full, the log says so")
{
    const JobLogPlace place;
    JobLog log(place.file);
    log.append("before");
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto* const handler = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit full{std::filesystem::file_size(place.file) + 3, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    log.append("lost");
    log.append("lost too");
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    ::signal(SIGXFSZ, handler);
    log.append("after");

    const auto texts = texts_in(place.file);
    REQUIRE(texts.size() == 4); // the second is the piece of the line for which there was room
    CHECK(texts[2] == "2 lines could not be written and are missing here");
    CHECK(texts[3] == "after");
}
