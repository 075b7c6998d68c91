#include "cli/job_view.hpp"
#include "support/pseudo_terminal.hpp"
#include "util/text.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using cli::Stream;

namespace {

queue::Job job_of(queue::JobId id, std::string kind, queue::State state)
{
    queue::Job job{.id = id, .kind = std::move(kind), .queue = "default", .state = state, .max_attempts = 3};
    job.created_at = now();
    return job;
}

/// 1 led to 2, on which "later" is to follow, and to 3.
queue::JobTree small_tree()
{
    queue::JobTree tree{job_of(1, "first", queue::State::succeeded)};
    tree.next.push_back({job_of(2, "second", queue::State::running)});
    tree.next.back().job.parent = 1;
    tree.next.back().job.follow_ups = {{"later", {}}};
    tree.next.push_back({job_of(3, "third", queue::State::dead)});
    tree.next.back().job.error = "exit code 1";
    return tree;
}

} // namespace

TEST_CASE("a list of jobs shows queue, priority and name where they tell something")
{
    const test::PseudoTerminal terminal(120);
    const Stream stream(terminal.descriptor(), "never");
    auto job = job_of(7, "exec", queue::State::ready);
    auto text = cli::job_table(stream, {job}, {});
    CHECK(text.starts_with("JOB  TYPE  STATE   TRIES  CREATED"));
    CHECK(text.find("QUEUE") == std::string::npos);
    job.queue = "builds";
    job.priority = 5;
    job.name = "nightly";
    text = cli::job_table(stream, {job}, {});
    CHECK(text.starts_with("JOB  TYPE  NAME     STATE   QUEUE   PRIORITY  TRIES  CREATED"));
}

TEST_CASE("in a pipe a list of jobs always has the same columns")
{
    auto pipe = make_pipe();
    const auto text =
        cli::job_table(Stream(pipe.write.get()), {job_of(7, "exec", queue::State::retry)}, {{"a", "b"}});
    const auto cells = split(text, '\t');
    REQUIRE(cells.size() == 10);
    CHECK(cells[0] == "7");
    CHECK(cells[2] == "queued");
    CHECK(cells[7] == "default");
}

TEST_CASE("a chain of jobs is a tree on a terminal, and lines with the parent in a pipe")
{
    const test::PseudoTerminal terminal(80);
    const auto lines = split(cli::job_tree(Stream(terminal.descriptor(), "never"), {small_tree()}), '\n');
    REQUIRE(lines.size() == 5);
    CHECK(lines[0].starts_with("1 first"));
    CHECK(lines[1].find("2 second") != std::string::npos);
    CHECK(lines[2].find("then later") != std::string::npos);
    CHECK(lines[3].find("3 third") == lines[1].find("2 second"));
    CHECK(lines[3].find("exit code 1") != std::string::npos);

    auto pipe = make_pipe();
    const auto rows = split(cli::job_tree(Stream(pipe.write.get()), {small_tree()}), '\n');
    CHECK(rows[0] == "1\t\tfirst\tsucceeded\t0/3\t");
    CHECK(rows[1] == "2\t1\tsecond\trunning\t0/3\t");
}

TEST_CASE("the story of a job has its number of each try, and leaves out what there is not")
{
    cli::JobStory story{.job = job_of(7, "exec", queue::State::retry)};
    story.attempts.push_back(
        {.lease = 3, .ended_at = now(), .outcome = "failed", .log_from = 0, .log_to = 12});
    const auto json = to_json(story);
    CHECK(json["attempts"].items().at(0)["number"] == api::Json(1));
    CHECK(json["attempts"].items().at(0)["logTo"] == api::Json(12));
    const test::PseudoTerminal terminal(100);
    const auto text = cli::job_details(Stream(terminal.descriptor(), "never"), story);
    CHECK(text.find("0-12") != std::string::npos);
    CHECK(text.find("priority") == std::string::npos);
    CHECK(text.find("ERROR") == std::string::npos);
}
