#include "agent/opencode.hpp"
#include "api/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <optional>
#include <sys/stat.h>

using namespace skerry;
using agent::Launch;
using agent::Policy;
using api::Json;
namespace fs = std::filesystem;

namespace {

/// PATH with one folder only, for as long as it lives.
class Path {
public:
    explicit Path(const fs::path& folder) : before_(std::getenv("PATH"))
    {
        ::setenv("PATH", folder.c_str(), 1);
    }
    Path(const Path&) = delete;
    Path& operator=(const Path&) = delete;
    ~Path() { ::setenv("PATH", before_.c_str(), 1); }

private:
    std::string before_;
};

fs::path program(const fs::path& path, const std::string& text = "\x7f"
                                                                 "ELF")
{
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_all);
    return path;
}

std::string package()
{
#if defined(__aarch64__)
    return "opencode-linux-arm64";
#else
    return "opencode-linux-x64-baseline";
#endif
}

agent::Setup setup_in(const fs::path& folder)
{
    return {.program = "/usr/lib/opencode",
            .port = 4321,
            .password = "the-password",
            .home = folder / "home",
            .project = folder / "project",
            .model = "demo/scripted",
            .model_port = 4322};
}

std::string variable(const Launch& launch, const std::string& name)
{
    for (const auto& [key, value] : launch.environment) {
        if (key == name) return value;
    }
    return {};
}

Json config_of(const Launch& launch)
{
    return Json::parse(variable(launch, "OPENCODE_CONFIG_CONTENT"));
}

} // namespace

TEST_CASE("the home is seeded so that nothing is fetched, and what is there is kept")
{
    const TemporaryFolder folder;
    const auto setup = setup_in(folder.path());
    const auto config = setup.home / ".config/opencode";
    agent::prepare(setup);
    CHECK(fs::is_directory(config / "node_modules"));
    CHECK(read_file(config / "package.json") == "{\"dependencies\":{\"@opencode-ai/plugin\":\"*\"}}\n");
    const auto lock = Json::parse(read_file(config / "package-lock.json"));
    CHECK(lock["packages"][""]["dependencies"]["@opencode-ai/plugin"].view() == "*");
    struct stat state {};
    REQUIRE(::stat(config.c_str(), &state) == 0);
    CHECK((state.st_mode & 0777U) == 0700U);

    write_file(config / "package.json", "{}");
    agent::prepare(setup);
    CHECK(read_file(config / "package.json") == "{}");
    CHECK_FALSE(fs::exists(setup.project));
}

TEST_CASE("it listens on loopback only, and secrets are in the environment only")
{
    const TemporaryFolder folder;
    const auto launch = agent::prepare(setup_in(folder.path()));
    CHECK(launch.command == std::vector<std::string>{"/usr/lib/opencode", "serve", "--port", "4321",
                                                     "--hostname", "127.0.0.1"});
    CHECK(launch.readable == std::vector<fs::path>{"/usr/lib/opencode"});
    CHECK(variable(launch, "OPENCODE_SERVER_PASSWORD") == "the-password");
    CHECK(variable(launch, "XDG_DATA_HOME") == (folder.path() / "home/.local/share").string());
    for (const auto* part : {"AUTOUPDATE", "MODELS_FETCH", "DEFAULT_PLUGINS", "LSP_DOWNLOAD", "SHARE",
                             "CLAUDE_CODE", "EXTERNAL_SKILLS"}) {
        CHECK(variable(launch, std::string("OPENCODE_DISABLE_") + part) == "1");
    }
}

TEST_CASE("the configuration names the one model there is, and where the scripted one listens")
{
    const TemporaryFolder folder;
    auto setup = setup_in(folder.path());
    const auto config = config_of(agent::prepare(setup));
    CHECK(config["model"].view() == "demo/scripted");
    CHECK(config["small_model"].view() == "demo/scripted");
    CHECK(config["share"].view() == "disabled");
    CHECK(config["autoupdate"] == Json(false));
    CHECK(config["enabled_providers"].dump() == R"(["demo"])");
    const auto& demo = config["provider"]["demo"];
    CHECK(demo["options"]["baseURL"].view() == "http://127.0.0.1:4322/v1");
    CHECK(demo["npm"].view() == "@ai-sdk/openai-compatible");
    CHECK(demo["models"]["scripted"]["limit"]["context"].number() > 0);

    setup.model = "elsewhere/large";
    setup.model_port.reset();
    const auto other = config_of(agent::prepare(setup));
    CHECK(other["enabled_providers"].dump() == R"(["elsewhere"])");
    CHECK_FALSE(other.has("provider"));
    setup.model = "nonsense";
    CHECK_THROWS_AS(agent::prepare(setup), Error);
}

TEST_CASE("a policy becomes the agent's rules")
{
    const TemporaryFolder folder;
    auto setup = setup_in(folder.path());
    const auto rules = [&](Policy policy) {
        setup.policy = policy;
        return config_of(agent::prepare(setup))["permission"];
    };
    CHECK(rules(Policy::allow).dump() == R"({"*":"allow","question":"deny"})");
    CHECK(rules(Policy::ask)["*"].view() == "ask");
    CHECK(rules(Policy::ask)["read"].view() == "allow");
    CHECK(rules(Policy::ask)["question"].view() == "allow");
    CHECK(rules(Policy::deny)["*"].view() == "deny");
    CHECK(rules(Policy::deny)["question"].view() == "deny");
    CHECK(rules(Policy::fail)["*"].view() == "ask");
    for (const auto policy : {Policy::allow, Policy::ask, Policy::deny, Policy::fail}) {
        CHECK(agent::parse_policy(agent::name_of(policy)) == policy);
    }
    CHECK_THROWS_AS(agent::parse_policy("maybe"), Error);
}

TEST_CASE("a session that only plans may change nothing, and a sub-agent no more than who begins it")
{
    const auto action = [](const api::Json& rules, std::string_view name) {
        std::string last;
        for (const auto& rule : rules.items())
            if (rule["permission"].view() == "*" || rule["permission"].view() == name)
                last = rule["action"].text();
        return last;
    };
    for (const auto policy : {Policy::allow, Policy::ask, Policy::deny, Policy::fail}) {
        const auto plan = agent::session_rules(policy, "plan", policy);
        for (const auto* name : {"edit", "bash", "task", "of_some_extension"})
            CHECK(action(plan, name) == "deny");
        CHECK(action(plan, "read") == "allow");
        CHECK(action(plan, "webfetch") == action(agent::session_rules(policy, "build", policy), "webfetch"));
    }
    CHECK(action(agent::session_rules(Policy::ask, "build", Policy::allow), "task") == "deny");
    CHECK(action(agent::session_rules(Policy::ask, "build", Policy::ask), "task") == "ask");
    CHECK(action(agent::session_rules(Policy::allow, "build", Policy::allow), "task") == "allow");
}

TEST_CASE("opencode is found where it is configured, in PATH, or where npm put it")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "bin";
    const Path only(path);
    const auto packaged = program(folder.path() / "lib/node_modules" / package() / "bin/opencode");
    CHECK(agent::find_opencode("", {folder.path() / "none", folder.path() / "lib"}) == packaged);

    const auto in_path = program(path / "opencode");
    CHECK(agent::find_opencode("", {folder.path() / "lib"}) == in_path);

    const auto configured = program(folder.path() / "mine/opencode");
    CHECK(agent::find_opencode(configured.string(), {}) == configured);
    CHECK_THROWS_AS(agent::find_opencode((folder.path() / "nowhere").string(), {folder.path() / "lib"}),
                    Error);
}

TEST_CASE("behind npm's script the program itself is found")
{
    const TemporaryFolder folder;
    const Path only(folder.path() / "bin");
    const auto modules = folder.path() / "lib/node_modules";
    const auto script = program(modules / "opencode-ai/bin/opencode", "#!/usr/bin/env node\n");
    const auto real = program(modules / package() / "bin/opencode");
    fs::create_directory(folder.path() / "bin");
    fs::create_symlink(script, folder.path() / "bin/opencode");
    CHECK(agent::find_opencode("", {}) == real);
}

TEST_CASE("without opencode the error says how to install it")
{
    const TemporaryFolder folder;
    const Path only(folder.path());
    try {
        agent::find_opencode("", {});
        FAIL("found an opencode that is not there");
    } catch (const Error& error) {
        CHECK(error.code() == Code::unavailable);
        CHECK(std::string(error.what()) == "opencode is not installed");
        CHECK(error.hint() == "npm install --prefix ~/.local/lib/skerry/opencode opencode-ai");
    }
    CHECK_FALSE(agent::install_folders().empty());
}
