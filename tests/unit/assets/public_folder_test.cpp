#include "assets/public_folder.hpp"
#include "support/accounts.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace skerry::public_folder_test {

namespace fs = std::filesystem;
using assets::PublicFolder;
using assets::Upload;
using test::code_of;

struct World {
    TemporaryFolder folder;
    fs::path project = folder.path() / "project";
    fs::path shown = project / "public";

    World() { fs::create_directory(project); }
    void bring(const std::string& name, const std::string& text, bool overwrite = false) const
    {
        const PublicFolder place(project);
        Upload upload(place, 1000);
        upload.write(text);
        upload.publish(name, overwrite);
    }
    [[nodiscard]] std::optional<Code> fault_of_reading(const std::string& name) const
    {
        return code_of([&] { (void)PublicFolder(project).read(name, 1000); });
    }
    [[nodiscard]] long count() const
    {
        return std::distance(fs::directory_iterator(shown), fs::directory_iterator());
    }
};

TEST_CASE("a file is there when it is complete, readable by the app that serves it")
{
    const World world;
    {
        const PublicFolder place(world.project);
        Upload upload(place, 1000);
        upload.write("one ");
        CHECK_FALSE(fs::exists(world.shown / "a.txt"));
        upload.write("two");
        CHECK(upload.size() == 7);
        upload.publish("a.txt", false);
    }
    CHECK(read_file(world.shown / "a.txt") == "one two");
    CHECK(PublicFolder(world.project).read("a.txt", 7) == "one two");
    CHECK((fs::status(world.shown / "a.txt").permissions() & fs::perms::owner_write) != fs::perms::none);
    CHECK(world.count() == 1);
}

TEST_CASE("an upload that is given up leaves nothing")
{
    const World world;
    {
        const PublicFolder place(world.project);
        Upload upload(place, 1000);
        upload.write("half");
        CHECK(world.count() == 1);
    }
    CHECK(world.count() == 0);
}

TEST_CASE("a file that is too large is refused and leaves nothing")
{
    const World world;
    CHECK(code_of([&] { world.bring("a", std::string(1001, 'x')); }) == Code::too_large);
    CHECK(world.count() == 0);
    world.bring("a", std::string(1000, 'x'));
    CHECK(code_of([&] { (void)PublicFolder(world.project).read("a", 999); }) == Code::too_large);
}

TEST_CASE("a file is replaced only when that is asked for")
{
    const World world;
    world.bring("a", "old");
    CHECK(code_of([&] { world.bring("a", "new"); }) == Code::conflict);
    CHECK(read_file(world.shown / "a") == "old");
    world.bring("a", "new", true);
    CHECK(read_file(world.shown / "a") == "new");
    CHECK(world.count() == 1);
}

TEST_CASE("a folder is never replaced by a file")
{
    const World world;
    fs::create_directories(world.shown / "a");
    CHECK(code_of([&] { world.bring("a", "new"); }) == Code::conflict);
    CHECK(code_of([&] { world.bring("a", "new", true); }) == Code::conflict);
    CHECK(world.count() == 1);
}

TEST_CASE("a link in place of the folder is refused, and so is a file")
{
    const World world;
    const auto outside = world.folder.path() / "outside";
    fs::create_directory(outside);
    fs::create_directory_symlink(outside, world.shown);
    CHECK(code_of([&] { world.bring("a", "text"); }) == Code::conflict);
    CHECK(fs::is_empty(outside));
    fs::remove(world.shown);
    write_file(world.shown, "a file");
    CHECK(code_of([&] { world.bring("a", "text"); }) == Code::conflict);
}

TEST_CASE("a project that is a link, or is not there, has no public folder")
{
    const World world;
    const auto link = world.folder.path() / "link";
    fs::create_directory_symlink(world.project, link);
    CHECK(code_of([&] { (void)PublicFolder(link); }) == Code::conflict);
    CHECK(code_of([&] { (void)PublicFolder(world.folder.path() / "nothing"); }) == Code::conflict);
    CHECK_FALSE(fs::exists(world.shown));
}

TEST_CASE("a link in the folder is not followed: not read, and replaced itself")
{
    const World world;
    const auto secret = world.folder.path() / "secret";
    write_file(secret, "secret");
    world.bring("b", "mine");
    fs::create_symlink(secret, world.shown / "a");
    CHECK(world.fault_of_reading("a") == Code::not_found);
    CHECK(code_of([&] { world.bring("a", "new"); }) == Code::conflict);
    world.bring("a", "new", true);
    CHECK(read_file(secret) == "secret");
    CHECK_FALSE(fs::is_symlink(world.shown / "a"));
    CHECK(read_file(world.shown / "a") == "new");
}

TEST_CASE("the folder that was opened stays the one, wherever a link leads then")
{
    const World world;
    const auto outside = world.folder.path() / "outside";
    fs::create_directory(outside);
    const PublicFolder place(world.project);
    fs::rename(world.shown, world.project / "before");
    fs::create_directory_symlink(outside, world.shown);
    Upload upload(place, 1000);
    upload.write("text");
    upload.publish("a", true);
    CHECK(fs::is_empty(outside));
    CHECK(read_file(world.project / "before" / "a") == "text");
}

TEST_CASE("what is no file is not read, and a pipe keeps nobody waiting")
{
    const World world;
    fs::create_directories(world.shown / "folder");
    REQUIRE(::mkfifo((world.shown / "pipe").c_str(), 0600) == 0);
    CHECK(world.fault_of_reading("folder") == Code::conflict);
    CHECK(world.fault_of_reading("pipe") == Code::conflict);
    CHECK(world.fault_of_reading("nothing") == Code::not_found);
}

TEST_CASE("a file is renamed to a name that is free, and removed whether it is there or not")
{
    const World world;
    world.bring("a", "1");
    world.bring("b", "2");
    const PublicFolder place(world.project);
    CHECK(code_of([&] { place.rename("a", "b"); }) == Code::conflict);
    CHECK(code_of([&] { place.rename("nothing", "c"); }) == Code::not_found);
    place.rename("a", "c");
    CHECK(read_file(world.shown / "c") == "1");
    place.remove("c");
    place.remove("c");
    CHECK(world.count() == 1);
}

TEST_CASE("what uploads have left that were killed is removed after an hour")
{
    const World world;
    fs::create_directory(world.shown);
    write_file(world.shown / ".upload-old", "half");
    write_file(world.shown / ".upload-new", "half");
    fs::last_write_time(world.shown / ".upload-old",
                        fs::file_time_type::clock::now() - std::chrono::hours(2));
    const PublicFolder place(world.project);
    CHECK_FALSE(fs::exists(world.shown / ".upload-old"));
    CHECK(fs::exists(world.shown / ".upload-new"));
}

} // namespace skerry::public_folder_test
