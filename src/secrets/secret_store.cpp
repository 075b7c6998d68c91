#include "secrets/secret_store.hpp"

#include "secrets/logins.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace skerry::secrets {
namespace {

constexpr std::size_t longest_name = 100;
constexpr std::size_t longest_value = 32'768;

bool is_variable(std::string_view name)
{
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    constexpr std::string_view others = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return !name.empty() && name.size() <= longest_name &&
           letters.find(name.front()) != std::string_view::npos &&
           name.find_first_not_of(others) == std::string_view::npos;
}

/// What decides where the agent runs, what it loads and whom it obeys.
bool is_reserved(std::string_view name)
{
    constexpr std::array whole{"PATH", "HOME", "LANG", "TERM", "SHELL", "NODE_OPTIONS", "BUN_OPTIONS"};
    constexpr std::array beginnings{"LD_", "XDG_", "OPENCODE_", "SKERRY_"};
    return std::find(whole.begin(), whole.end(), name) != whole.end() ||
           std::any_of(beginnings.begin(), beginnings.end(),
                       [&](const char* beginning) { return name.starts_with(beginning); });
}

void check_value(const std::string& value)
{
    const auto refuse = [](const char* what) {
        throw Error(Code::bad_request, std::string("the value ") + what, {.fields = {{"value", what}}});
    };
    if (value.empty()) refuse("is empty");
    if (value.size() > longest_value) refuse("is longer than 32768 bytes");
    if (value.find_first_of(std::string_view("\0\n\r", 3)) != std::string::npos || !is_utf8(value))
        refuse("is not one line of text");
}

fs::path file_of(const Paths& paths, const std::string& name)
{
    return paths.secrets() / name;
}

Time changed_at(const fs::path& file)
{
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return 0;
    return facts.st_mtim.tv_sec * 1000 + facts.st_mtim.tv_nsec / 1'000'000;
}

std::vector<std::string> names(const Paths& paths)
{
    std::vector<std::string> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(paths.secrets(), none))
        if (is_variable(entry.path().filename().string())) found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

api::Json to_json(const Secret& secret)
{
    return api::Json::object({{"name", secret.name}, {"kind", secret.kind}, {"setAt", secret.set_at}});
}

void check_name(const std::string& name)
{
    if (!is_variable(name))
        throw Error(Code::bad_request, "'" + name + "' is no name of a variable",
                    {.hint = "like OPENAI_API_KEY: capital letters, digits and _",
                     .fields = {{"name", "must be capital letters, digits and _"}}});
    if (is_reserved(name))
        throw Error(Code::bad_request, name + " is not a key: skerry sets it itself",
                    {.fields = {{"name", "is reserved"}}});
}

void set(const Paths& paths, const std::string& name, const std::string& value)
{
    check_name(name);
    check_value(value);
    make_private_folder(paths.secrets());
    write_file(file_of(paths, name), value);
}

std::vector<Secret> list(const Paths& paths)
{
    std::vector<Secret> found;
    for (const auto& name : names(paths))
        found.push_back({.name = name, .kind = "variable", .set_at = changed_at(file_of(paths, name))});
    for (const auto& provider : logged_in(paths))
        found.push_back({.name = provider, .kind = "login", .set_at = changed_at(logins_file(paths))});
    return found;
}

void remove(const Paths& paths, const std::string& name)
{
    if (is_variable(name) && ::unlink(file_of(paths, name).c_str()) == 0) return;
    if (!forget_login(paths, name))
        throw Error(Code::not_found, "there is no secret '" + name + "'", {.hint = "skerry secrets list"});
}

Variables environment(const Paths& paths)
{
    Variables variables;
    for (const auto& name : names(paths))
        if (auto value = read_file_if_any(file_of(paths, name))) variables.emplace_back(name, *value);
    if (auto logins = logins_text(paths)) variables.emplace_back("OPENCODE_AUTH_CONTENT", *logins);
    return variables;
}

std::vector<std::string> values(const Paths& paths)
{
    std::vector<std::string> found = login_values(paths);
    for (const auto& name : names(paths))
        if (auto value = read_file_if_any(file_of(paths, name))) found.push_back(*value);
    return found;
}

} // namespace skerry::secrets
