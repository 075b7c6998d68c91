#include "runtime/docker/output_copy.hpp"
#include "runtime/project_log.hpp"
#include "runtime/runtime.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace skerry;
using namespace skerry::runtime::docker;

namespace {

/// The state folder of a stack.
struct State {
    TemporaryFolder folder;
    State()
    {
        make_private_folder(folder.path() / "logs");
        make_private_folder(folder.path() / "docker");
    }
    [[nodiscard]] OutputCopy copy(const std::string& container = "one") const
    {
        return {folder.path(), "app", container};
    }
    [[nodiscard]] std::vector<std::string> log() const
    {
        return runtime::tail(runtime::log_file(folder.path()), 10'000, "app");
    }
};

std::vector<OutputLine> lines(Nanoseconds first, Nanoseconds last)
{
    std::vector<OutputLine> made;
    for (auto time = first; time <= last; ++time)
        made.push_back({time, Output::out, "line " + std::to_string(time)});
    return made;
}

/// What an engine would send for the query, of lines 1 to `last`.
std::vector<OutputLine> answer(const LogQuery& query, Nanoseconds last)
{
    return lines(std::max<Nanoseconds>(query.since, 1), last);
}

std::vector<std::string> logged(Nanoseconds last)
{
    std::vector<std::string> made;
    for (Nanoseconds time = 1; time <= last; ++time) made.push_back("[app] line " + std::to_string(time));
    return made;
}

} // namespace

TEST_CASE("what was copied is not copied again, whoever goes on with it")
{
    const State state;
    auto first = state.copy();
    CHECK(first.begin(true).since == 0);
    first.take(lines(1, 100));
    first.take(lines(101, 150));
    CHECK(state.log() == logged(150));

    first.take(answer(first.begin(true), 160));
    CHECK(state.log() == logged(160));

    auto second = state.copy();
    second.take(answer(second.begin(true), 200));
    CHECK(state.log() == logged(200));
    auto third = state.copy();
    third.take(answer(third.begin(false), 200));
    CHECK(state.log() == logged(200));
}

TEST_CASE("lines of the same moment are all copied, and lines that come late")
{
    const State state;
    auto copy = state.copy();
    copy.begin(true);
    copy.take({{5, Output::out, "a"}, {5, Output::errors, "b"}, {7, Output::out, "d"}});
    copy.take({{6, Output::errors, "c"}, {7, Output::errors, "e"}});
    CHECK(state.log().size() == 5);

    auto again = state.copy();
    CHECK(again.begin(true).since == 5);
    again.take({{5, Output::out, "a"},
                {5, Output::errors, "b"},
                {7, Output::out, "d"},
                {6, Output::errors, "c"},
                {7, Output::errors, "e"},
                {7, Output::errors, "new"}});
    CHECK(state.log().size() == 6);
    CHECK(state.log().back() == "[app] new");
}

TEST_CASE("a container in the place of another begins anew")
{
    const State state;
    auto first = state.copy();
    first.begin(true);
    first.take(lines(1, 10));
    auto second = state.copy("two");
    CHECK(second.begin(true).since == 0);
    second.take(lines(1, 10));
    CHECK(state.log().size() == 20);
}

TEST_CASE("what could not be written is copied later")
{
    const State state;
    auto copy = state.copy();
    copy.take(answer(copy.begin(true), 10));
    std::filesystem::remove_all(state.folder.path() / "logs");
    CHECK_THROWS_AS(copy.take(lines(11, 20)), Error);
    make_private_folder(state.folder.path() / "logs");

    auto again = state.copy(); // as after a crash between the record and the log
    again.take(answer(again.begin(true), 20));
    // The log was taken away with its first lines, which are not brought back.
    CHECK(state.log().size() == 10);
    CHECK(state.log().front() == "[app] line 11");
    copy.take(answer(copy.begin(true), 20));
}

TEST_CASE("a crash between the log and the next record doubles nothing, whoever else writes")
{
    const State state;
    const runtime::ProjectLog log(runtime::log_file(state.folder.path()));
    const auto record = state.folder.path() / "docker" / "output-app.json";
    auto copy = state.copy();
    copy.take(answer(copy.begin(true), 10));
    const auto before = read_file(record);
    log.host("something else");
    copy.take(lines(11, 20));
    log.host("and more");

    auto again = state.copy();
    again.take(answer(again.begin(true), 25));
    CHECK(state.log() == logged(25));

    // The record of a batch that never came into the log: as if the crash had come before the write.
    const State other;
    write_file(other.folder.path() / "docker" / "output-app.json", before);
    auto unwritten = other.copy();
    unwritten.take(answer(unwritten.begin(true), 10));
    CHECK(other.log() == logged(10));
}

TEST_CASE("a record that makes no sense is none")
{
    const State state;
    const auto record = state.folder.path() / "docker" / "output-app.json";
    for (const auto* const text :
         {"", "[]", "{\"container\": 5}", "{\"container\": \"one\", \"before\": 7}"}) {
        write_file(record, text);
        CHECK(state.copy().begin(true).since == 0);
    }
}
