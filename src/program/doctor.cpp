#include "program/doctor.hpp"

#include "agent/opencode.hpp"
#include "app/paths.hpp"
#include "db/connection.hpp"
#include "db/library.hpp"
#include "db/migrate.hpp"
#include "projects/runtime_choice.hpp"
#include "projects/template.hpp"
#include "queue/queue.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <sys/vfs.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace skerry::program {
namespace {

using std::chrono::seconds;

/// A check that ends as `fail` (or `warn`) with the message of what it throws.
template <class Look> Check checked(const std::string& name, Verdict when_thrown, const Look& look)
{
    try {
        Check check = look();
        check.name = name;
        return check;
    } catch (const Error& fault) {
        return {name, when_thrown, fault.what(), fault.hint()};
    }
}

/// The first line of what `program --version` says.
std::string version_line(const fs::path& program)
{
    const auto text =
        process::output_of({.words = {program.string(), "--version"}}, {}, {.timeout = seconds(20)});
    return one_line(text.substr(0, text.find('\n')), 80);
}

Check program_check(const std::string& program, const std::string& install, const std::string& need)
{
    return checked(program, Verdict::fail, [&]() -> Check {
        const auto path = process::find_program(program);
        if (!path) throw Error(Code::unavailable, "is not installed: " + need, {.hint = install});
        return {.name = {}, .finding = version_line(*path) + " (" + path->string() + ")"};
    });
}

/// Whether bubblewrap may make a sandbox here: kernels can forbid it to ordinary users.
Check sandbox_check()
{
    return checked("sandbox", Verdict::fail, [&]() -> Check {
        process::output_of(
            {.words = {"bwrap", "--unshare-user-try", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
                       "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"}},
            {}, {.timeout = seconds(20)});
        return {.name = {}, .finding = "bubblewrap can make one"};
    });
}

Check agent_check(const Settings& settings)
{
    return checked("opencode", Verdict::fail, [&]() -> Check {
        const auto path = agent::find_opencode(settings.opencode);
        return {.name = {}, .finding = version_line(path) + " (" + path.string() + ")"};
    });
}

/// Versions before these can damage a database when two connections write and checkpoint at an unlucky
/// moment.
bool has_checkpoint_fix(int version)
{
    constexpr int fixed = 3'051'003, fixed_3_50 = 3'050'007, fixed_3_44 = 3'044'006;
    if (version >= fixed) return true;
    if (version / 1000 == fixed_3_50 / 1000) return version >= fixed_3_50;
    return version / 1000 == fixed_3_44 / 1000 && version >= fixed_3_44;
}

Check sqlite_check()
{
    const auto [version, number] = db::library();
    if (has_checkpoint_fix(number)) return {"sqlite", Verdict::ok, version};
    return {"sqlite", Verdict::warn,
            version + " has a rare fault when several processes checkpoint at once; only workers do here",
            "3.51.3, 3.50.7 and 3.44.6 have it mended; run one worker at a time to be safe"};
}

bool is_network_file_system(const fs::path& folder)
{
    constexpr std::array<std::int64_t, 6> remote{0x6969 /* nfs */,      0x517B /* smb */,
                                                 0xFF534D42 /* cifs */, 0xFE534D42 /* smb2 */,
                                                 0x01021997 /* 9p */,   0x65735546 /* fuse */};
    struct statfs about {};
    if (::statfs(folder.c_str(), &about) != 0) return false;
    for (const auto type : remote)
        if (static_cast<std::int64_t>(about.f_type) == type) return true;
    return false;
}

fs::path first_that_exists(fs::path folder)
{
    while (!fs::exists(folder) && folder.has_parent_path() && folder != folder.parent_path())
        folder = folder.parent_path();
    return folder;
}

Check data_check(const fs::path& data)
{
    const auto folder = first_that_exists(data);
    if (!fs::is_directory(folder) || ::access(folder.c_str(), W_OK | X_OK) != 0)
        return {"data folder", Verdict::fail, data.string() + " cannot be written",
                "make it writable, or choose another with --data-dir"};
    if (is_network_file_system(folder))
        return {"data folder", Verdict::warn, data.string() + " is on a network file system",
                "locks may not hold there: keep it on a local disk"};
    return {"data folder", Verdict::ok, data.string() + (folder == data ? "" : " (made at the first use)")};
}

Check disk_check(const fs::path& data)
{
    constexpr std::uintmax_t megabyte = 1U << 20U;
    constexpr std::uintmax_t little = 100 * megabyte, few = 1024 * megabyte;
    std::error_code fault;
    const auto free = fs::space(first_that_exists(data), fault).available;
    if (fault) return {"disk", Verdict::warn, "cannot be asked: " + fault.message()};
    const auto finding = std::to_string(free / megabyte) + " MB are free";
    if (free < little) return {"disk", Verdict::fail, finding, "free some space"};
    if (free < few) return {"disk", Verdict::warn, finding, "a project with its agent takes some hundred MB"};
    return {"disk", Verdict::ok, finding};
}

/// Nothing here opens the database's files themselves: closing one would drop SQLite's locks.
Check database_check(const Paths& paths)
{
    return checked("database", Verdict::fail, [&]() -> Check {
        if (!fs::exists(paths.database())) return {.name = {}, .finding = "none yet"};
        db::Connection db(paths.database());
        const auto version = db::version_of(db);
        if (version > db::newest_version())
            throw Error(Code::conflict,
                        "was written by a newer skerry (schema " + std::to_string(version) + ")",
                        {.hint = "use that one"});
        constexpr std::uintmax_t megabyte = 1U << 20U, large = 64 * megabyte;
        std::error_code none;
        const auto log = fs::file_size(paths.database().string() + "-wal", none);
        const auto size = none ? 0 : log;
        const auto finding =
            "schema " + std::to_string(version) + ", write-ahead log " + std::to_string(size / 1024) + " KB";
        if (size > large)
            return {.name = {},
                    .verdict = Verdict::warn,
                    .finding = finding,
                    .hint = "some process has kept an old view open; a worker shortens it"};
        return {.name = {}, .finding = finding};
    });
}

Check docker_check()
{
    return checked("docker", Verdict::warn,
                   [&]() -> Check { return {.name = {}, .finding = projects::docker_version()}; });
}

Check worker_check(const Paths& paths)
{
    return checked("worker", Verdict::warn, [&]() -> Check {
        if (fs::exists(paths.running()) && queue::worker_is_alive(paths))
            return {.name = {}, .finding = "one is running"};
        return {.name = {}, .finding = "none is running; commands with --wait work the queue themselves"};
    });
}

Check template_check()
{
    return checked("templates", Verdict::fail, [&]() -> Check {
        return {.name = {}, .finding = std::to_string(projects::templates().size()) + " found"};
    });
}

} // namespace

std::string_view name_of(Verdict verdict) noexcept
{
    switch (verdict) {
    case Verdict::ok: return "ok";
    case Verdict::warn: return "warn";
    case Verdict::fail: return "fail";
    }
    return "";
}

api::Json to_json(const Check& check)
{
    auto json = api::Json::object(
        {{"name", check.name}, {"verdict", name_of(check.verdict)}, {"finding", check.finding}});
    if (!check.hint.empty()) json.set("hint", check.hint);
    return json;
}

std::vector<Check> examine(const fs::path& data, const Settings& settings)
{
    const Paths paths(data);
    std::vector<Check> checks{agent_check(settings)};
    checks.push_back(program_check("bwrap", "apt-get install bubblewrap", "it makes the sandbox"));
    if (checks.back().verdict == Verdict::ok) checks.push_back(sandbox_check());
    checks.push_back(docker_check());
    checks.push_back(program_check("git", "apt-get install git", "each project is a git repository"));
    checks.push_back(program_check("rg", "apt-get install ripgrep", "the agent searches with it"));
    checks.push_back(template_check());
    checks.push_back(data_check(data));
    checks.push_back(disk_check(data));
    checks.push_back(database_check(paths));
    checks.push_back(sqlite_check());
    checks.push_back(worker_check(paths));
    return checks;
}

} // namespace skerry::program
