#include "agent/opencode.hpp"

#include "agent/model_name.hpp"
#include "api/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <unistd.h>

namespace skerry::agent {

namespace {

namespace fs = std::filesystem;
using api::Json;

/// In every folder with a configuration opencode installs a package, unless it finds it installed. These
/// three make it believe so.
void seed(const fs::path& config)
{
    make_private_folder(config / "node_modules");
    const auto dependencies = Json::object({{"@opencode-ai/plugin", "*"}});
    const auto package = Json::object({{"dependencies", dependencies}});
    const auto lock = Json::object({{"name", "opencode"},
                                    {"lockfileVersion", 3},
                                    {"requires", true},
                                    {"packages", Json::object({{"", package}})}});
    for (const auto& [name, text] :
         {std::pair("package.json", package), std::pair("package-lock.json", lock)}) {
        if (!fs::exists(config / name)) write_file(config / name, text.dump() + "\n");
    }
}

/// The model that runs beside the agent instead of at a provider.
Json demo_provider(const std::string& host, int port)
{
    const auto limits = Json::object({{"context", 200'000}, {"output", 16'000}});
    const auto model = Json::object({{"name", "Scripted"}, {"limit", limits}});
    const auto options = Json::object(
        {{"baseURL", "http://" + host + ":" + std::to_string(port) + "/v1"}, {"apiKey", "none"}});
    return Json::object({{"npm", "@ai-sdk/openai-compatible"},
                         {"name", "Demo"},
                         {"options", options},
                         {"models", Json::object({{"scripted", model}})}});
}

Json configuration(const Setup& setup)
{
    const auto provider = parse_model(setup.model).provider;
    auto config = Json::object({{"$schema", "https://opencode.ai/config.json"},
                                {"autoupdate", false},
                                {"share", "disabled"},
                                {"model", setup.model},
                                {"small_model", setup.model},
                                {"enabled_providers", Json::Array{Json(provider)}},
                                {"permission", permissions(setup.policy)}});
    if (setup.model_port)
        config.set("provider", Json::object({{"demo", demo_provider(setup.model_host, *setup.model_port)}}));
    return config;
}

bool is_program(const fs::path& path)
{
    std::error_code none;
    return fs::is_regular_file(path, none) && ::access(path.c_str(), X_OK) == 0;
}

/// npm puts the program into a package of its own for each kind of processor.
std::vector<std::string> package_names()
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return {"opencode-linux-x64", "opencode-linux-x64-baseline"};
    return {"opencode-linux-x64-baseline"};
#elif defined(__aarch64__)
    return {"opencode-linux-arm64"};
#else
    return {};
#endif
}

std::optional<fs::path> in_modules(const fs::path& modules)
{
    for (const auto& name : package_names()) {
        const auto program = modules / name / "bin" / "opencode";
        if (is_program(program)) return fs::canonical(program);
    }
    return std::nullopt;
}

bool is_script(const fs::path& path)
{
    std::array<char, 2> head{};
    std::ifstream(path, std::ios::binary).read(head.data(), head.size());
    return head == std::array{'#', '!'};
}

/// What npm puts into PATH may be a script that looks for the program beside its own package, and that needs
/// node and all of the package where it runs.
fs::path behind_script(const fs::path& found)
{
    const auto real = fs::canonical(found);
    if (!is_script(real)) return real;
    const auto package = real.parent_path().parent_path(); // <modules>/opencode-ai/bin/opencode
    for (const auto& modules : {package / "node_modules", package.parent_path()}) {
        if (const auto program = in_modules(modules)) return *program;
    }
    return real;
}

} // namespace

Launch prepare(const Setup& setup)
{
    const auto local = setup.home / ".local";
    const auto config = setup.home / ".config";
    for (const auto& folder : {local / "share", local / "state", setup.home / ".cache"})
        make_private_folder(folder);
    seed(config / "opencode");

    Launch launch;
    launch.command = {setup.program.string(),     "serve",      "--port",
                      std::to_string(setup.port), "--hostname", setup.listen};
    launch.environment = {{"HOME", setup.home.string()},
                          {"XDG_DATA_HOME", (local / "share").string()},
                          {"XDG_STATE_HOME", (local / "state").string()},
                          {"XDG_CACHE_HOME", (setup.home / ".cache").string()},
                          {"XDG_CONFIG_HOME", config.string()},
                          {"OPENCODE_CONFIG_CONTENT", configuration(setup).dump()},
                          {"OPENCODE_SERVER_PASSWORD", setup.password}};
    for (const auto* part : {"AUTOUPDATE", "MODELS_FETCH", "DEFAULT_PLUGINS", "LSP_DOWNLOAD", "SHARE",
                             "CLAUDE_CODE", "EXTERNAL_SKILLS"}) {
        launch.environment.emplace_back(std::string("OPENCODE_DISABLE_") + part, "1");
    }
    for (const auto& key : setup.keys) launch.environment.push_back(key);
    launch.readable = {setup.program};
    return launch;
}

std::vector<fs::path> install_folders()
{
    const auto here = program_folder();
    std::vector<fs::path> folders = {here / "opencode", here.parent_path() / "lib" / "skerry" / "opencode"};
    if (const auto* home = std::getenv("HOME"))
        folders.push_back(fs::path(home) / ".local/lib/skerry/opencode");
    return folders;
}

fs::path find_opencode(const std::string& configured, const std::vector<fs::path>& folders)
{
    if (!configured.empty()) {
        if (is_program(configured)) return behind_script(configured);
        throw Error(Code::unavailable, "there is no opencode at " + configured,
                    {.hint = "correct the setting opencode, or leave it empty to have it looked up"});
    }
    if (const auto found = process::find_program("opencode")) return behind_script(*found);
    for (const auto& folder : folders) {
        if (const auto program = in_modules(folder / "node_modules")) return *program;
    }
    throw Error(Code::unavailable, "opencode is not installed",
                {.hint = "npm install --prefix ~/.local/lib/skerry/opencode opencode-ai"});
}

} // namespace skerry::agent
