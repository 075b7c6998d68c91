#include "runtime/sandbox/bubblewrap.hpp"

#include "runtime/home.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <unistd.h>

namespace skerry::runtime {
namespace {

namespace fs = std::filesystem;
using Options = std::vector<std::string>;

constexpr std::string_view sandbox_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::string_view temporary_bytes = "1073741824"; ///< of /tmp and the like, which are memory

/// What programs look up in /etc: names, certificates, the time zone, libraries. No configuration that may
/// hold a secret (git, npm, pip), no private keys, no shadow.
constexpr std::array system_settings{
    "alternatives", "ca-certificates", "crypto-policies", "group",           "hosts",         "host.conf",
    "gai.conf",     "ld.so.cache",     "ld.so.conf",      "ld.so.conf.d",    "locale.alias",  "localtime",
    "mime.types",   "nsswitch.conf",   "os-release",      "passwd",          "pki/tls/certs", "protocols",
    "resolv.conf",  "services",        "ssl/certs",       "ssl/openssl.cnf", "timezone"};

/// What root could still write in /proc without any capability, since the files are root's.
constexpr std::array kernel_settings{"sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "mtrr"};

void add_options(Options& options, std::initializer_list<std::string_view> words)
{
    options.insert(options.end(), words.begin(), words.end());
}

void add_namespaces(Options& options, const Fence& fence)
{
    add_options(options, {"--unshare-pid", "--unshare-ipc", "--unshare-uts"});
    if (fence.user) add_options(options, {"--unshare-user"});
    if (fence.user && fence.no_more_users) add_options(options, {"--disable-userns"});
    if (fence.cgroup) add_options(options, {"--unshare-cgroup"});
    add_options(options, {"--die-with-parent", "--new-session", "--cap-drop", "ALL"});
}

void add_environment(Options& options, const Service& service, const fs::path& home)
{
    add_options(options,
                {"--clearenv", "--setenv", "PATH", sandbox_path, "--setenv", "HOME", home.native(), //
                 "--setenv", "LANG", "C.UTF-8", "--setenv", "TERM", "dumb"});
    for (const auto& [name, value] : service.environment) add_options(options, {"--setenv", name, value});
}

/// As it is outside: a folder, or on a merged system a link into /usr.
void add_as_outside(Options& options, const fs::path& path)
{
    std::error_code fault;
    if (fs::is_symlink(path, fault) && fs::weakly_canonical(path, fault).native().starts_with("/usr/"))
        add_options(options, {"--symlink", fs::read_symlink(path, fault).native(), path.native()});
    else if (fs::exists(path, fault))
        add_options(options, {"--ro-bind", path.native(), path.native()});
}

void add_system(Options& options)
{
    add_options(options, {"--ro-bind", "/usr", "/usr"});
    for (const auto* folder : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"})
        add_as_outside(options, folder);
    for (const auto* name : system_settings) add_as_outside(options, fs::path("/etc") / name);
    add_options(options, {"--proc", "/proc"});
    for (const auto* name : kernel_settings) {
        const auto path = std::string("/proc/") + name;
        add_options(options, {"--ro-bind-try", path, path});
    }
    add_options(options, {"--dev", "/dev"});
    for (const auto* folder : {"/dev/shm", "/tmp"})
        add_options(options, {"--perms", "1777", "--size", temporary_bytes, "--tmpfs", folder});
    add_options(options, {"--remount-ro", "/dev", "--symlink", "../tmp", "/var/tmp"});
}

void add_own(Options& options, const Stack& stack, const Service& service, const fs::path& home)
{
    if (service.own_state)
        add_options(options, {"--bind", home.native(), home.native()});
    else
        add_options(options, {"--size", temporary_bytes, "--tmpfs", home.native()});
    for (const auto& path : service.readable)
        add_options(options, {"--ro-bind", path.native(), path.native()});
    if (service.writes_project)
        add_options(options, {"--bind", stack.folder.native(), stack.folder.native()});
    add_options(options, {"--remount-ro", "/", "--chdir",
                          service.writes_project ? stack.folder.native() : home.native()});
}

void check_faithful(const Service& service, const Options& options)
{
    // The options travel with a zero byte between them: one inside a value would begin an option of its own.
    const auto has_zero = [](const std::string& word) { return word.find('\0') != std::string::npos; };
    const auto is_no_name = [](const auto& variable) {
        return variable.first.empty() || variable.first.find('=') != std::string::npos;
    };
    const bool bad = std::any_of(options.begin(), options.end(), has_zero) ||
                     std::any_of(service.command.begin(), service.command.end(), has_zero) ||
                     std::any_of(service.environment.begin(), service.environment.end(), is_no_name);
    if (bad)
        throw Error(Code::bad_request, "the service " + service.name + " has a malformed variable or path");
}

bool is_visible(const Stack& stack, const Service& service, const fs::path& path)
{
    const auto shows = [&](const fs::path& folder) { return is_inside(path, folder); };
    constexpr std::array system{"/usr", "/bin", "/sbin", "/lib", "/lib64"};
    return std::any_of(system.begin(), system.end(), shows) ||
           (service.writes_project && shows(stack.folder)) ||
           (service.own_state && shows(home_of(stack, service))) ||
           std::any_of(service.readable.begin(), service.readable.end(), shows);
}

std::string search_path_of(const Service& service)
{
    const auto is_path = [](const auto& variable) { return variable.first == "PATH"; };
    const auto own = std::find_if(service.environment.begin(), service.environment.end(), is_path);
    return own != service.environment.end() ? own->second : std::string(sandbox_path);
}

/// The program `name` in one of `folders`, or `name` itself when it is a full path.
std::optional<fs::path> find_in(std::string_view folders, const std::string& name)
{
    for (const auto& folder : split(folders, ':')) {
        auto path = fs::path(folder) / name;
        if (::access(path.c_str(), X_OK) == 0 && fs::is_regular_file(path)) return path;
    }
    return std::nullopt;
}

struct Attempt {
    bool works = false;
    std::string complaint;
};

Attempt try_fence(const Fence& fence)
{
    process::Command command{{bubblewrap().native()}};
    add_namespaces(command.words, fence);
    add_options(command.words,
                {"--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--", "/bin/true"});
    Attempt attempt;
    const auto keep_last = [&](std::string_view line) { attempt.complaint = std::string(line); };
    attempt.works = process::run(command, keep_last, {}, {.timeout = std::chrono::seconds(10)}).good();
    return attempt;
}

} // namespace

fs::path bubblewrap()
{
    if (const auto path = process::find_program("bwrap")) return *path;
    throw Error(Code::unavailable, "bubblewrap is not installed", {.hint = "apt-get install bubblewrap"});
}

Fence find_fence()
{
    std::vector<Fence> fences{{true, true, true}, {true, false, true}, {true, false, false}};
    if (::geteuid() == 0) { // no need of a user namespace to make the others
        fences.push_back({false, false, true});
        fences.push_back({false, false, false});
    }
    std::string complaint;
    for (const auto& fence : fences) {
        auto attempt = try_fence(fence);
        if (attempt.works) return fence;
        complaint = std::move(attempt.complaint);
    }
    throw Error(
        Code::unavailable, "bubblewrap cannot make a sandbox here: " + one_line(complaint, 300),
        {.hint = "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1 or "
                 "kernel.apparmor_restrict_unprivileged_userns=0), or run without a fence: --runtime host"});
}

Options sandbox_options(const Stack& stack, const Service& service, const Fence& fence)
{
    const auto home = service.own_state ? home_of(stack, service) : fs::path("/home") / service.name;
    Options options;
    add_namespaces(options, fence);
    add_environment(options, service, home);
    add_system(options);
    add_own(options, stack, service, home);
    check_faithful(service, options);
    return options;
}

fs::path program_in_sandbox(const Stack& stack, const Service& service)
{
    const auto& name = service.command.at(0);
    const bool is_path = name.find('/') != std::string::npos;
    const auto program = find_in(is_path ? stack.folder.native() : search_path_of(service), name);
    if (!program) throw Error(Code::not_found, service.name + ": there is no program " + name);
    if (!is_visible(stack, service, *program))
        throw Error(Code::not_found,
                    service.name + ": the program " + name + " cannot be seen in the sandbox",
                    {.hint = "install it for all users, below /usr"});
    return *program;
}

} // namespace skerry::runtime
