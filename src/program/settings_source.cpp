#include "program/settings_source.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>

namespace fs = std::filesystem;

namespace skerry::program {
namespace {

struct Said {
    api::Json value;
    std::string origin;
};

/// A text from the environment as the field wants it; what does not fit stays a text and is found wrong
/// later.
api::Json typed(const api::Field& field, const std::string& text)
{
    if (field.kind == api::Kind::boolean && (text == "1" || text == "true")) return true;
    if (field.kind == api::Kind::boolean && (text == "0" || text == "false")) return false;
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size();
    if (field.kind == api::Kind::number && std::from_chars(text.data(), end, number).ptr == end)
        return number;
    return text;
}

api::Json read_config(const fs::path& file)
{
    const auto text = read_file_if_any(file);
    if (!text) return api::Json::object();
    auto config = api::Json::try_parse(*text);
    if (!config || !config->is_object())
        throw Error(Code::bad_request, file.string() + " is not a JSON object",
                    {.hint = "write it like {\"model\": \"provider/model\"}"});
    return *config;
}

/// Checks the values of one source and says which source it was.
void check(const api::Json& values, const std::string& origin)
{
    try {
        api::from_json<Settings>(values);
    } catch (const Error& fault) {
        throw Error(fault.code(), origin + ": " + fault.what(),
                    {.hint = "'skerry config show' lists the settings", .fields = fault.fields()});
    }
}

/// Said now rather than by a worker in the middle of its work.
void check_duration(const Setting& setting)
{
    constexpr std::array durations{"lease",      "keepSucceeded", "keepCancelled", "keepFailed",
                                   "keepEvents", "idleStop",      "silence"};
    if (std::find(durations.begin(), durations.end(), setting.name) == durations.end()) return;
    if (setting.name == "idleStop" && setting.value.view() == "off") return;
    if (setting.name == "keepEvents" && setting.value.view() == "forever") return;
    try {
        parse_duration(setting.value.text());
    } catch (const Error& fault) {
        throw Error(fault.code(), setting.origin + ": " + setting.name + ": " + fault.what(),
                    {.hint = fault.hint()});
    }
}

Said say(const api::Field& field, const SettingsSource& source, const api::Json& config)
{
    if (const auto& option = source.options[field.name]; !option.is_null()) return {option, "option"};
    const auto variable = environment_name(field.name);
    if (const auto text = source.environment(variable)) return {typed(field, *text), variable};
    if (const auto& value = config[field.name]; !value.is_null()) return {value, source.file.string()};
    static const Settings defaults;
    return {field.get(&defaults), "default"};
}

fs::path home(const Environment& environment, const char* wanted)
{
    if (const auto folder = environment("HOME")) return *folder;
    throw Error(Code::unavailable, std::string("neither ") + wanted + " nor HOME is set",
                {.hint = "say where to keep the data with --data-dir"});
}

} // namespace

Environment process_environment()
{
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): nobody sets any
        if (value == nullptr || *value == '\0') return std::nullopt;
        return value;
    };
}

bool LoadedSettings::is_default(std::string_view name) const
{
    return std::any_of(list.begin(), list.end(), [&](const Setting& setting) {
        return setting.name == name && setting.origin == "default";
    });
}

LoadedSettings load_settings(const SettingsSource& source)
{
    const auto config = read_config(source.file);
    check(config, source.file.string());
    LoadedSettings loaded;
    auto all = api::Json::object();
    for (const auto& field : api::fields_of<Settings>()) {
        auto said = say(field, source, config);
        auto one = api::Json::object();
        check(one.set(field.name, said.value), said.origin);
        all.set(field.name, said.value);
        loaded.list.push_back({std::string(field.name), std::move(said.value), std::move(said.origin)});
    }
    loaded.settings = api::from_json<Settings>(all);
    for (const auto& setting : loaded.list) check_duration(setting);
    if (loaded.settings.first_port > loaded.settings.last_port)
        throw Error(Code::bad_request, "firstPort is larger than lastPort");
    return loaded;
}

fs::path config_file(const Environment& environment)
{
    const auto folder = environment("XDG_CONFIG_HOME");
    const auto base = folder ? fs::path(*folder) : fs::path(environment("HOME").value_or("/")) / ".config";
    return base / "skerry" / "config.json";
}

DataFolder data_folder(const std::optional<std::string>& option, const Environment& environment)
{
    if (option && option->empty()) throw Error(Code::bad_request, "--data-dir is empty");
    if (option) return {fs::absolute(*option), "option"};
    if (const auto folder = environment("SKERRY_DATA_DIR")) return {fs::absolute(*folder), "SKERRY_DATA_DIR"};
    if (const auto folder = environment("XDG_DATA_HOME"); folder && folder->starts_with('/'))
        return {fs::path(*folder) / "skerry", "XDG_DATA_HOME"};
    return {home(environment, "XDG_DATA_HOME") / ".local" / "share" / "skerry", "default"};
}

std::string environment_name(std::string_view field)
{
    std::string name = "SKERRY_" + api::option_name(field);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
        return letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
    });
    return name;
}

} // namespace skerry::program
