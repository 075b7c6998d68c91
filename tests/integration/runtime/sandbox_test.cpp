#include "runtime/control_group.hpp"
#include "runtime/world.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <pwd.h>

using namespace skerry;
using test::World;

namespace {

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/// Sets PATH for its lifetime.
struct SearchPath {
    std::string before = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): one thread
    explicit SearchPath(const std::string& path) { ::setenv("PATH", path.c_str(), 1); } // NOLINT
    SearchPath(const SearchPath&) = delete;
    SearchPath& operator=(const SearchPath&) = delete;
    ~SearchPath() { ::setenv("PATH", before.c_str(), 1); } // NOLINT(concurrency-mt-unsafe)
};

/// The Error of up(), as code, message and hint.
std::string refusal_of(World& world)
{
    try {
        world.up();
        return "it started";
    } catch (const Error& error) {
        return std::string(name_of(error.code())) + ": " + error.what() + "; " + error.hint();
    }
}

} // namespace

TEST_CASE("a service sees its project and nothing else of the user or of skerry")
{
    World world;
    const auto other = world.folder.path() / "data" / "other-project";
    make_private_folder(other);
    write_file(other / "secret", "the other's");
    write_file(world.stack.state / "secret", "skerry's");
    const std::string home = ::getpwuid(::getuid())->pw_dir; // NOLINT(concurrency-mt-unsafe): one thread
    const auto answer = world.answer_to(
        "pwd; ls -A $HOME; echo home: $(ls -A " + home + " | wc -l); cat " + (other / "secret").string() +
        "; cat " + (world.stack.state / "secret").string() + "; ls " + world.stack.state.string());
    CHECK(answer.starts_with(world.stack.folder.string() + "\n"));
    CHECK(contains(answer, "\nhome: 0\n"));
    CHECK_FALSE(contains(answer, "the other's"));
    CHECK_FALSE(contains(answer, "skerry's"));
    CHECK_FALSE(contains(answer, "stack.json"));
}

TEST_CASE("a service can write its project, /tmp and its home, and nothing else")
{
    World world;
    const auto answer = world.answer_to(
        "for folder in . /tmp $HOME / /usr /etc /dev /proc/sys/vm /bin /var /home /usr/local/bin; do "
        "touch $folder/probe 2>/dev/null && echo writable: $folder; done; "
        "echo 1 2>/dev/null >/proc/sys/vm/swappiness && echo wrote the kernel; "
        "cp /bin/true /tmp/true && /tmp/true && echo ran from /tmp");
    CHECK(contains(answer, "writable: .\n"));
    CHECK(contains(answer, "writable: /tmp\n"));
    CHECK(contains(answer, "writable: /home/app\n"));
    CHECK(contains(answer, "ran from /tmp"));
    std::size_t writable = 0;
    for (auto at = answer.find("writable: "); at != std::string::npos; at = answer.find("writable: ", at + 1))
        ++writable;
    CHECK(writable == 3);
    CHECK_FALSE(contains(answer, "wrote the kernel"));
    CHECK(std::filesystem::exists(world.stack.folder / "probe"));
}

TEST_CASE("a service has no capabilities, cannot get any, and sees only its own processes")
{
    World world;
    const auto answer = world.answer_to("grep -E '^(Cap|NoNewPrivs)' /proc/self/status; "
                                        "unshare --user --map-root-user true && echo more users; "
                                        "echo processes: $(ls -d /proc/[0-9]* | wc -l)");
    for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
        CHECK(contains(answer, std::string(set) + ":\t0000000000000000"));
    CHECK(contains(answer, "NoNewPrivs:\t1"));
    CHECK_FALSE(contains(answer, "more users"));
    CHECK(std::stoi(answer.substr(answer.find("processes: ") + 11)) < 8);
}

TEST_CASE("a service gets the environment it was given, and nobody reads it from a command line")
{
    World world;
    ::setenv("SKERRY_TEST_LEAK", "from outside", 1); // NOLINT(concurrency-mt-unsafe): one thread
    world.add("app", "env >answer.new; mv answer.new answer; exec sleep 1000").environment = {
        {"PASSWORD", "quite secret\nand more"}};
    const auto answer = world.answer();
    CHECK(contains(answer, "PASSWORD=quite secret\nand more\n"));
    CHECK(contains(answer, "HOME=/home/app\n"));
    CHECK_FALSE(contains(answer, "SKERRY_TEST_LEAK"));
    for (const auto& entry : std::filesystem::directory_iterator("/proc"))
        CHECK_FALSE(contains(test::text_of(entry.path() / "cmdline"), "quite secret"));
    CHECK_FALSE(contains(world.log(), "quite secret"));
}

TEST_CASE("a service inherits no descriptor")
{
    World world;
    const auto answer = world.answer_to("ls -l /proc/self/fd");
    CHECK(std::count(answer.begin(), answer.end(), '>') == 4); // 0, 1, 2 and the listing itself
}

TEST_CASE("a service without the project does not see it; one with a state keeps it")
{
    World world;
    write_file(world.stack.folder / "page", "of the project");
    auto& model =
        world.add("model", "echo was here >>$HOME/kept; ls " + world.stack.folder.string() +
                               "; pwd; cat /etc/os-release >/dev/null && echo ready; exec sleep 1000");
    model.own_state = true;
    model.writes_project = false;
    world.up();
    CHECK(world.logs("[model] ready"));
    CHECK(world.logs("[model] " + (world.stack.state / "model").string()));
    CHECK_FALSE(contains(world.log(), "[model] page"));
    CHECK(read_file(world.stack.state / "model" / "kept") == "was here\n");
}

TEST_CASE("what a service must read it can read, and not write")
{
    World world;
    const auto file = world.folder.path() / "tool";
    write_file(file, "tool\n");
    world.add("app", "cat " + file.string() + "; echo more >>" + file.string() + "; exec sleep 1000")
        .readable = {file};
    world.up();
    CHECK(world.logs("[app] tool"));
    CHECK(world.logs("Read-only file system"));
    CHECK(read_file(file) == "tool\n");
}

TEST_CASE("a program that is not there, or cannot be seen, is named")
{
    World world;
    world.stack.services.push_back({.name = "app", .command = {"no-such-program"}});
    CHECK_THROWS_WITH_AS(world.up(), doctest::Contains("no-such-program"), Error);
    const auto hidden = world.folder.path() / "hidden";
    std::filesystem::copy_file("/bin/true", hidden);
    world.stack.services[0].command = {hidden.string()};
    CHECK_THROWS_WITH_AS(world.up(), doctest::Contains("cannot be seen"), Error);
    CHECK(world.runtime->ps(world.stack.state).empty());
}

TEST_CASE("without bubblewrap it is said how to get it; the host runtime needs none")
{
    const TemporaryFolder empty;
    World world;
    World host("host");
    world.add("app", "exec sleep 1000");
    host.stack.services.push_back({.name = "app", .command = {"/bin/sleep", "1000"}});
    const SearchPath path(empty.path().string());
    CHECK(refusal_of(world) == "unavailable: bubblewrap is not installed; apt-get install bubblewrap");
    CHECK_NOTHROW(host.up());
}

TEST_CASE("a bubblewrap that may not do its work is quoted, with a way out")
{
    const TemporaryFolder folder;
    const auto program = folder.path() / "bwrap";
    write_file(program, "#!/bin/sh\necho bwrap: No permissions to create new namespace >&2\nexit 1\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    World world;
    world.add("app", "exec sleep 1000");
    const SearchPath path(folder.path().string());
    const auto refusal = refusal_of(world);
    CHECK(contains(refusal, "unavailable: bubblewrap cannot make a sandbox here: bwrap: No permissions"));
    CHECK(contains(refusal, "--runtime host"));
}

TEST_CASE("a file that the kernel cannot run fails the start and leaves nothing")
{
    for (const auto* name : {"sandbox", "host"}) {
        CAPTURE(name);
        World world(name);
        const auto program = world.stack.folder / "broken";
        write_file(program, "#!/no/such/interpreter\n");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        world.stack.services.push_back({.name = "app", .command = {program.string()}});
        CHECK_THROWS_WITH_AS(world.up(), doctest::Contains("broken"), Error);
        CHECK(world.runtime->ps(world.stack.state).empty());
    }
}

TEST_CASE("a hog is killed when it passes the limit on memory")
{
    World world("sandbox", {.memory = 128U << 20U});
    world.add("app", "/usr/bin/python3 -c 'x = bytearray(512 << 20); import time; time.sleep(1000)'; echo "
                     "result $?; sleep 1000");
    world.up();
    REQUIRE(world.logs("[app] result "));
    CHECK(contains(world.log(), "[app] result 137"));
}

TEST_CASE("a service that is killed for want of memory is said to be")
{
    World world("sandbox", {.memory = 128U << 20U});
    world.stack.services.push_back(
        {.name = "app",
         .command = {"/usr/bin/python3", "-c", "x = bytearray(512 << 20); import time; time.sleep(1000)"}});
    world.up();
    CHECK(world.logs("[host] app ended: out of memory (memory 128 MiB"));
}

TEST_CASE("a service cannot start more processes than its limit")
{
    const auto places = runtime::find_group_places().places;
    const bool grouped =
        std::any_of(places.begin(), places.end(), [](const auto& place) { return place.processes; });
    if (!grouped && ::geteuid() == 0) return; // RLIMIT_NPROC does not hold for root
    World world("sandbox", {.processes = 40});
    world.add("app", "i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i+1)); done; echo spawned");
    world.up();
    CHECK(world.logs("annot fork"));
    CHECK_FALSE(contains(world.log(), "[app] spawned"));
}

TEST_CASE("a service has the limit on open files, and leaves no core file")
{
    World world("sandbox", {.open_files = 77});
    CHECK(world.answer_to("ulimit -n; ulimit -c") == "77\n0\n");
}
