#include "runtime/docker/override_file.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace skerry;
using namespace skerry::runtime::docker;

namespace {

struct Folders {
    TemporaryFolder folder;
    std::filesystem::path project = folder.path() / "project";
    std::filesystem::path state = folder.path() / "state";
    Folders() { make_private_folder(project), make_private_folder(state); }
    void write(const std::string& text) const { write_file(override_file(project), text); }
};

Code code_of_reading(const Folders& folders)
{
    try {
        approved_override(folders.project, folders.state);
    } catch (const Error& error) {
        return error.code();
    }
    return Code::internal;
}

} // namespace

TEST_CASE("without an override there is nothing to approve")
{
    const Folders folders;
    CHECK_FALSE(approved_override(folders.project, folders.state));
    CHECK_THROWS_WITH_AS(approve_override(folders.project, folders.state),
                         doctest::Contains("no compose.override.yaml"), Error);
}

TEST_CASE("an override counts only as it was approved, byte for byte")
{
    const Folders folders;
    folders.write("services: {}\n");
    CHECK(code_of_reading(folders) == Code::forbidden);
    CHECK(approve_override(folders.project, folders.state) == "services: {}\n");
    CHECK(approved_override(folders.project, folders.state) == "services: {}\n");
    folders.write("services: {app: {privileged: true}}\n");
    CHECK(code_of_reading(folders) == Code::forbidden);
    folders.write("services: {}\n");
    CHECK(approved_override(folders.project, folders.state));
}

TEST_CASE("a link, a pipe, a folder and a giant in its place are refused, and not waited for")
{
    const Folders folders;
    const auto file = override_file(folders.project);
    std::filesystem::create_symlink("/etc/passwd", file);
    CHECK(code_of_reading(folders) == Code::forbidden);
    std::filesystem::remove(file);
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    CHECK(code_of_reading(folders) == Code::forbidden);
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    CHECK(code_of_reading(folders) == Code::forbidden);
    std::filesystem::remove(file);
    folders.write(std::string(300'000, '#'));
    CHECK(code_of_reading(folders) == Code::too_large);
}
