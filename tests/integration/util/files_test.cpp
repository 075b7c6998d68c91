#include "support/forked.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace skerry;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path)
{
    return static_cast<unsigned>(fs::symlink_status(path).permissions() & fs::perms::mask);
}

/// A chain of folders that is deeper than a path may be long. Nothing but a process of its own may go there.
void make_deep_folder(const fs::path& top, int depth)
{
    test::Forked maker([&] {
        fs::current_path(top);
        for (int level = 0; level < depth; ++level)
            if (::mkdir("inside", 0700) != 0 || ::chdir("inside") != 0) throw std::logic_error("no folder");
    });
    REQUIRE(maker.wait() == 0);
}

} // namespace

TEST_CASE("whoever reads a file that is replaced all the time sees the old text or the new")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "file";
    write_file(file, std::string(200'000, 'a'));
    test::Forked writer([&] {
        for (char letter = 'a';; letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1))
            write_file(file, std::string(200'000, letter));
    });
    for (int number = 0; number < 300; ++number) {
        const auto text = read_file(file);
        REQUIRE(text == std::string(200'000, text.at(0)));
    }
}

TEST_CASE("a file that is written is its owner's alone, whatever was there before")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "file";
    write_file(file, "secret");
    CHECK(mode_of(file) == 0600);
    fs::permissions(file, fs::perms::all);
    write_file(file, "");
    CHECK(mode_of(file) == 0600);
    CHECK(read_file(file).empty());
    CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("writing replaces a link and does not follow it")
{
    const TemporaryFolder folder;
    write_file(folder.path() / "target", "old");
    fs::create_symlink(folder.path() / "target", folder.path() / "link");
    write_file(folder.path() / "link", "new");
    CHECK(read_file(folder.path() / "target") == "old");
    CHECK(read_file(folder.path() / "link") == "new");
}

TEST_CASE("a file that cannot be written leaves no draft")
{
    const TemporaryFolder folder;
    fs::create_directory(folder.path() / "folder");
    CHECK_THROWS_WITH_AS(write_file(folder.path() / "folder", "text"), doctest::Contains("cannot write"),
                         Error);
    CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
    CHECK_THROWS_AS(write_file(folder.path() / "not there" / "file", "text"), Error);
}

TEST_CASE("a file is read up to its limit")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "file";
    write_file(file, std::string(100'000, 'x'));
    CHECK(read_file(file, 100'000).size() == 100'000);
    const auto code_of = [](const fs::path& path, std::uintmax_t limit) {
        try {
            read_file(path, limit);
        } catch (const Error& fault) {
            return fault.code();
        }
        return Code::internal;
    };
    CHECK(code_of(file, 99'999) == Code::too_large);
    CHECK(code_of("/dev/zero", 1000) == Code::too_large);
    CHECK(code_of(folder.path() / "not there", 1) == Code::not_found);
    CHECK(code_of(folder.path(), 1) == Code::unavailable);
    CHECK(read_file_if_any(file)->size() == 100'000);
    CHECK_FALSE(read_file_if_any(folder.path() / "not there"));
    CHECK_FALSE(read_file_if_any(file / "below"));
    CHECK_THROWS_AS(read_file_if_any(folder.path()), Error);
}

TEST_CASE("a private folder is made with its parents, all of them the owner's alone")
{
    const TemporaryFolder folder;
    ::chmod(folder.path().c_str(), 0755);
    const auto deep = folder.path() / "one" / "two" / "three/";
    make_private_folder(deep);
    make_private_folder(deep);
    CHECK(mode_of(folder.path() / "one") == 0700);
    CHECK(mode_of(folder.path() / "one/two") == 0700);
    CHECK(mode_of(folder.path() / "one/two/three") == 0700);
    CHECK(mode_of(folder.path()) == 0755);
    write_file(folder.path() / "file", "");
    CHECK_THROWS_WITH_AS(make_private_folder(folder.path() / "file"), doctest::Contains("exists"), Error);
    CHECK_THROWS_AS(make_private_folder(folder.path() / "file" / "below"), Error);
    make_private_folder({});
}

TEST_CASE("many processes make the same private folder at once")
{
    const TemporaryFolder folder;
    CHECK(test::all_at_once(16, [&](int) { make_private_folder(folder.path() / "a/b/c/d"); }) == 16);
}

TEST_CASE("removing a folder follows no link, neither inside nor itself")
{
    const TemporaryFolder folder;
    const auto outside = folder.path() / "outside";
    const auto inside = folder.path() / "inside";
    make_private_folder(outside / "folder");
    write_file(outside / "folder" / "file", "keep");
    make_private_folder(inside / "folder" / "deeper");
    fs::create_symlink(outside / "folder", inside / "link");
    fs::create_symlink("../../../outside/folder", inside / "folder/deeper/link");
    fs::create_symlink(inside, folder.path() / "way in");

    remove_folder(folder.path() / "way in");
    CHECK(fs::exists(inside / "folder"));
    fs::create_symlink(outside, folder.path() / "way out");
    remove_folder(folder.path() / "way out/");
    remove_folder(inside);
    CHECK_FALSE(fs::exists(inside));
    CHECK(read_file(outside / "folder" / "file") == "keep");
    remove_folder(inside);
    remove_folder(inside / "not" / "there");
}

TEST_CASE("a folder that is deeper than a path is long is removed")
{
    const TemporaryFolder folder;
    const auto top = folder.path() / "top";
    make_private_folder(top);
    make_deep_folder(top, 700);
    write_file(top / "inside" / "file", "");
    test::Forked copy([&] { // by a process that may have fewer files open than the folder has levels
        const rlimit few{64, 64};
        ::setrlimit(RLIMIT_NOFILE, &few);
        remove_folder(top);
    });
    CHECK(copy.wait() == 0);
    CHECK_FALSE(fs::exists(top));
}

TEST_CASE("a folder with many files and folders is removed")
{
    const TemporaryFolder folder;
    for (int one = 0; one < 8; ++one)
        for (int two = 0; two < 8; ++two) {
            const auto deep = folder.path() / "top" / std::to_string(one) / std::to_string(two);
            make_private_folder(deep / "empty");
            write_file(deep / "file", "");
        }
    remove_folder(folder.path() / "top");
    CHECK_FALSE(fs::exists(folder.path() / "top"));
}

TEST_CASE("a folder from which its owner took the permissions is removed by its owner")
{
    const TemporaryFolder folder;
    ::chmod(folder.path().c_str(), 0777);
    const auto owner = [&] {
        constexpr unsigned nobody = 65534;
        if (::geteuid() == 0 && ::setresuid(nobody, nobody, nobody) != 0)
            throw std::logic_error("still root");
        const auto top = folder.path() / "top";
        make_private_folder(top / "cache" / "inner" / "module");
        write_file(top / "cache" / "inner" / "file", "read only");
        for (const char* name : {"cache/inner/module", "cache/inner", "cache", ""})
            ::chmod((top / name).c_str(), 0);
        ::chmod(top.c_str(), 0500);
        remove_folder(top);
        if (fs::exists(top)) throw std::logic_error("it is still there");
    };
    CHECK(test::Forked(owner).wait() == 0);
}

TEST_CASE("the program knows its own file, also when another was put in its place")
{
    if (const char* copy = std::getenv("SKERRY_TEST_COPY")) { // this is the copy that is started below
        CHECK(program_path() == copy);
        fs::remove(copy);
        CHECK(program_path() == copy);
        return;
    }
    CHECK(fs::exists(program_path()));
    CHECK(program_folder() == program_path().parent_path());
    const TemporaryFolder folder;
    const auto copy = folder.path() / "program";
    fs::copy_file(program_path(), copy);
    const auto text = process::output_of({.words = {copy, "-tc=the program knows its own file*"},
                                          .environment = {{"SKERRY_TEST_COPY", copy}}});
    CHECK(text.find("1 passed") != std::string::npos);
}

TEST_CASE("a temporary folder goes with all that is in it")
{
    fs::path path;
    {
        const TemporaryFolder folder;
        path = folder.path();
        CHECK(mode_of(path) == 0700);
        make_private_folder(path / "a/b");
        write_file(path / "a/b/file", "");
    }
    CHECK_FALSE(fs::exists(path));
    test::Forked copy([] {
        ::setenv("TMPDIR", "/no/such/folder", 1);
        try {
            const TemporaryFolder none;
        } catch (const Error&) {
            return;
        }
        throw std::logic_error("it was made somewhere");
    });
    CHECK(copy.wait() == 0);
}
