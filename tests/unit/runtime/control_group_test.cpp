#include "runtime/control_group.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace skerry;
using runtime::find_group_places;

namespace {

/// A folder that looks like a control group.
void make_group(const std::filesystem::path& folder, const std::string& handed_down = "")
{
    make_private_folder(folder);
    write_file(folder / "cgroup.procs", "");
    write_file(folder / "cgroup.subtree_control", handed_down);
}

} // namespace

TEST_CASE("with version 1 groups are made inside our own group of each controller")
{
    const TemporaryFolder root;
    const auto memory = root.path() / "memory";
    make_group(memory / "user" / "1000");
    make_group(root.path() / "pids");
    const auto mounts = "proc /proc proc rw 0 0\ncgroup " + memory.string() +
                        " cgroup rw,relatime,memory 0 0\ncgroup " + (root.path() / "pids").string() +
                        " cgroup rw,pids 0 0\ncgroup " + memory.string() + " cgroup rw,cpu,cpuacct 0 0\n";
    const auto found = find_group_places(mounts, "8:pids:/\n4:memory:/user/1000\n1:cpu,cpuacct:/\n0::/\n");
    REQUIRE(found.places.size() == 2);
    CHECK(found.places[0].folder == memory / "user" / "1000");
    CHECK(found.places[0].memory);
    CHECK_FALSE(found.places[0].processes);
    CHECK(found.places[1].folder == root.path() / "pids");
    CHECK(found.places[1].processes);
}

TEST_CASE("with version 2 groups are made beside our own, where the controllers are handed down")
{
    const TemporaryFolder root;
    make_group(root.path(), "cpu memory pids\n");
    make_group(root.path() / "user", "memory pids\n");
    make_group(root.path() / "user" / "shell");
    const auto mounts = "cgroup2 " + root.path().string() + " cgroup2 rw 0 0\n";
    const auto found = find_group_places(mounts, "0::/user/shell\n");
    REQUIRE(found.places.size() == 1);
    CHECK(found.places[0].folder == root.path() / "user");
    CHECK(found.places[0].memory);
    CHECK(found.places[0].processes);
    CHECK(found.places[0].unified);
}

TEST_CASE("without a group to use there is no place, and a group without a place limits nothing")
{
    const TemporaryFolder root;
    make_group(root.path());
    CHECK(find_group_places("cgroup2 " + root.path().string() + " cgroup2 rw 0 0\n", "0::/gone/away\n")
              .places.empty());
    CHECK(find_group_places("", "").places.empty());
    const runtime::ControlGroup none({}, "name", {});
    CHECK(none.doors().empty());
    CHECK_FALSE(none.limits_memory());
    CHECK_FALSE(none.limits_processes());
    CHECK(none.out_of_memory_count() == 0);
}
