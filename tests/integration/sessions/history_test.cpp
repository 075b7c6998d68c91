#include "sessions/history.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"

#include <doctest/doctest.h>
#include <filesystem>

using namespace skerry;
namespace fs = std::filesystem;
using sessions::FileChange;
using sessions::History;

namespace {

/// A project's folder with one file, and its history.
struct World {
    TemporaryFolder folder;
    fs::path files = folder.path() / "files";

    World()
    {
        fs::create_directory(files);
        write_file(files / "a.txt", "one\n");
    }
    [[nodiscard]] History history(const std::string& runtime = "sandbox") const
    {
        projects::Project project;
        project.id = projects::ProjectId("p1");
        project.runtime = runtime;
        project.path = files;
        return {project, folder.path() / "state"};
    }
    std::string git(std::vector<std::string> words) const
    {
        words.insert(words.begin(), {"git", "-c", "user.name=somebody", "-c", "user.email=some@body"});
        return process::output_of({.words = words, .folder = files});
    }
    [[nodiscard]] std::string text(const std::string& name) const { return read_file(files / name); }
};

} // namespace

TEST_CASE("a folder without a repository gets one, and what changes becomes commits")
{
    for (const std::string runtime : {"sandbox", "host"}) {
        const World world;
        auto history = world.history(runtime);
        const auto first = history.head();
        CHECK(first.size() == 40);
        CHECK(history.commit_all("nothing changed") == first);

        write_file(world.files / "a.txt", "one\ntwo\n");
        write_file(world.files / "b c.txt", "new\n");
        const auto second = history.commit_all("two \"things\"\tat once", "Skerry-Turn: 1");
        CHECK(second != first);
        CHECK(world.git({"log", "-1", "--format=%an|%s|%(trailers:key=Skerry-Turn,valueonly)"}) ==
              "skerry|two \"things\"\tat once|1\n\n");

        fs::remove(world.files / "a.txt");
        write_file(world.files / "raw", std::string("\0\1\2", 3));
        const auto third = history.commit_all("third");
        const auto changes = history.changes(second, third);
        REQUIRE(changes.size() == 2);
        CHECK(changes[0].path == "a.txt");
        CHECK(changes[0].status == "deleted");
        CHECK(changes[0].deletions == 2);
        CHECK(changes[1].status == "added");
        CHECK_FALSE(changes[1].additions);
        CHECK(history.changes(first, second).at(1).path == "b c.txt");
        CHECK(history.patch(first, second).find("+two\n") != std::string::npos);
    }
}

TEST_CASE("changes are taken back and brought back, and later commits stay")
{
    const World world;
    auto history = world.history();
    const auto first = history.head();
    write_file(world.files / "a.txt", "two\n");
    write_file(world.files / "raw", std::string("\0\1\2", 3));
    const auto second = history.commit_all("second");
    write_file(world.files / "later.txt", "mine\n");
    world.git({"add", "--all"});
    world.git({"commit", "--quiet", "--message", "of a person"});

    const auto undone = history.apply(second, first, "Undo: second");
    CHECK(world.text("a.txt") == "one\n");
    CHECK_FALSE(fs::exists(world.files / "raw"));
    CHECK(world.text("later.txt") == "mine\n");
    CHECK(history.newest_of({first, undone}) == undone);
    history.apply(first, second, "Redo: second");
    CHECK(world.text("a.txt") == "two\n");
    CHECK(world.text("raw") == std::string("\0\1\2", 3));
    CHECK(world.git({"status", "--short"}).empty());
    CHECK(world.git({"log", "--format=%an"}) == "skerry\nskerry\nsomebody\nskerry\nskerry\n");
}

TEST_CASE("what was changed since is not taken back, and nothing is touched")
{
    const World world;
    auto history = world.history();
    const auto first = history.head();
    write_file(world.files / "a.txt", "two\n");
    const auto second = history.commit_all("second");
    write_file(world.files / "a.txt", "three\n");
    const auto third = history.commit_all("third");
    CHECK_THROWS_WITH_AS(history.apply(second, first, "Undo"), doctest::Contains("a.txt"), Error);
    CHECK(world.text("a.txt") == "three\n");
    CHECK(history.head() == third);
    CHECK(world.git({"status", "--short"}).empty());
}

TEST_CASE("ignored files stay out, and a repository around the project is left alone")
{
    const World world;
    process::output_of({.words = {"git", "init", "--quiet"}, .folder = world.folder.path()});
    write_file(world.files / ".gitignore", "build/\n*.log\n");
    fs::create_directory(world.files / "build");
    write_file(world.files / "build" / "out", "x");
    write_file(world.files / "a.log", "x");
    auto history = world.history();
    history.head();
    CHECK(fs::is_directory(world.files / ".git"));
    CHECK(world.git({"ls-files"}) == ".gitignore\na.txt\n");
}

TEST_CASE("somebody who is in the middle of a merge is not disturbed")
{
    const World world;
    auto history = world.history();
    history.head();
    CHECK(history.obstacle().empty());
    world.git({"checkout", "--quiet", "-b", "other"});
    write_file(world.files / "a.txt", "other\n");
    world.git({"commit", "--quiet", "--all", "--message", "other"});
    world.git({"checkout", "--quiet", "main"});
    write_file(world.files / "a.txt", "main\n");
    world.git({"commit", "--quiet", "--all", "--message", "main"});
    CHECK_THROWS_AS(world.git({"merge", "other"}), Error);
    CHECK(history.obstacle() == "MERGE_HEAD");
}

TEST_CASE("what the agent writes for git to execute is not executed, or only inside the fence")
{
    const World world;
    auto history = world.history();
    history.head();
    const auto proof = world.folder.path() / "escaped";
    const auto command = "touch " + proof.string() + "; cat";
    for (const auto* key :
         {"core.fsmonitor", "core.pager", "core.editor", "filter.evil.clean", "diff.evil.textconv",
          "diff.evil.command", "diff.external", "gpg.program", "merge.evil.driver"})
        world.git({"config", key, command});
    write_file(world.files / ".gitattributes", "* filter=evil diff=evil merge=evil\n");
    const auto hook = world.files / ".git" / "hooks" / "pre-commit";
    fs::create_directories(hook.parent_path());
    write_file(hook, "#!/bin/sh\n" + command + "\nexit 1\n");
    fs::permissions(hook, fs::perms::owner_all);

    const auto before = history.head();
    write_file(world.files / "a.txt", "two\n");
    const auto after = history.commit_all("second");
    CHECK(after != before);
    CHECK(history.patch(before, after).find("+two") != std::string::npos);
    history.apply(after, before, "Undo");
    CHECK(world.text("a.txt") == "one\n");
    CHECK_FALSE(fs::exists(proof));
}

TEST_CASE("a lock that somebody who was killed has left behind ends no history, a fresh one is heeded")
{
    const World world;
    auto history = world.history();
    const auto first = history.head();
    write_file(world.files / "a.txt", "two\n");
    const auto lock = world.files / ".git" / "index.lock";
    write_file(lock, "");
    CHECK_THROWS_WITH_AS(history.commit_all("second"), doctest::Contains("index.lock"), Error);
    fs::last_write_time(lock, fs::file_time_type::clock::now() - std::chrono::hours(1));
    CHECK(history.commit_all("second") != first);
    CHECK_FALSE(fs::exists(lock));
}

TEST_CASE("a repository inside of the project is told apart from a file")
{
    const World world;
    auto history = world.history();
    const auto first = history.head();
    fs::create_directory(world.files / "inner");
    write_file(world.files / "inner" / "b.txt", "inside\n");
    world.git({"init", "--quiet", "inner"});
    world.git({"-C", "inner", "add", "--all"});
    world.git({"-C", "inner", "commit", "--quiet", "--message", "inner"});
    write_file(world.files / "c.txt", "outside\n");
    const auto changes = history.changes(first, history.commit_all("second"));
    REQUIRE(changes.size() == 2);
    CHECK_FALSE(changes[0].repository);
    CHECK(changes[1].path == "inner");
    CHECK(changes[1].repository);
}

TEST_CASE("a commit is looked for in the repository that is there now")
{
    const World world;
    auto history = world.history();
    const auto first = history.head();
    CHECK(history.holds(first));
    fs::remove_all(world.files / ".git");
    CHECK_FALSE(history.holds(first));
    history.head();
    write_file(world.files / "a.txt", "two\n");
    history.commit_all("another beginning");
    CHECK_FALSE(history.holds(std::string(40, '1')));
}
