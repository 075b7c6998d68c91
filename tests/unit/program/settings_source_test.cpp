#include "program/settings_source.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <map>

using namespace skerry;
using api::Json;
using program::load_settings;

namespace {

program::Environment with(std::map<std::string, std::string> variables)
{
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

std::string origin_of(const program::LoadedSettings& loaded, std::string_view name)
{
    for (const auto& setting : loaded.list)
        if (setting.name == name) return setting.origin;
    return {};
}

std::string fault_of(const program::SettingsSource& source)
{
    try {
        load_settings(source);
    } catch (const Error& error) {
        CHECK(error.code() == Code::bad_request);
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("options win over the environment, that over the file, that over the defaults")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "config.json";
    write_file(file, R"({"model": "file/model", "concurrency": 3, "firstPort": 30000, "lastPort": 30100})");
    const auto loaded =
        load_settings({.environment = with({{"SKERRY_CONCURRENCY", "5"}, {"SKERRY_LOG_LEVEL", "info"}}),
                       .file = file,
                       .options = Json::object({{"logLevel", "debug"}})});
    CHECK(loaded.settings.model == "file/model");
    CHECK(loaded.settings.concurrency == 5);
    CHECK(loaded.settings.log_level == "debug");
    CHECK(loaded.settings.first_port == 30000);
    CHECK(loaded.settings.runtime == "sandbox");
    CHECK(origin_of(loaded, "model") == file.string());
    CHECK(origin_of(loaded, "concurrency") == "SKERRY_CONCURRENCY");
    CHECK(origin_of(loaded, "logLevel") == "option");
    CHECK(origin_of(loaded, "runtime") == "default");
    CHECK(loaded.is_default("runtime"));
    CHECK_FALSE(loaded.is_default("model"));
}

TEST_CASE("a setting that is wrong or unknown is named with where it stands")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "config.json";
    const program::SettingsSource from_file{.environment = with({}), .file = file};
    CHECK(fault_of(from_file).empty());
    write_file(file, R"({"modle": "x", "concurrency": "many"})");
    CHECK(fault_of(from_file) == file.string() + ": modle is unknown; concurrency must be a whole number");
    write_file(file, "not json");
    CHECK(fault_of(from_file) == file.string() + " is not a JSON object");
    CHECK(fault_of({.environment = with({{"SKERRY_FIRST_PORT", "80"}}), .file = "/nowhere"}) ==
          "SKERRY_FIRST_PORT: firstPort must be 1024 to 65535");
    CHECK(fault_of({.environment = with({{"SKERRY_FIRST_PORT", "29000"}, {"SKERRY_LAST_PORT", "28000"}}),
                    .file = "/nowhere"}) == "firstPort is larger than lastPort");
    for (const char* wrong : {"soon", "5x", "-1s", "off"})
        CHECK(fault_of({.environment = with({{"SKERRY_SILENCE", wrong}}), .file = "/nowhere"})
                  .starts_with("SKERRY_SILENCE: silence: "));
    CHECK(fault_of({.environment = with({{"SKERRY_IDLE_STOP", "off"}}), .file = "/nowhere"}).empty());
    CHECK(fault_of({.environment = with({{"SKERRY_IDLE_STOP", "never"}}), .file = "/nowhere"})
              .starts_with("SKERRY_IDLE_STOP: idleStop: "));
}

TEST_CASE("the data folder is where it was said to be")
{
    using program::data_folder;
    const auto all =
        with({{"SKERRY_DATA_DIR", "/from/environment"}, {"XDG_DATA_HOME", "/xdg"}, {"HOME", "/srv/me"}});
    CHECK(data_folder("/from/option", all).path == "/from/option");
    CHECK(data_folder({}, all).path == "/from/environment");
    CHECK(data_folder({}, all).origin == "SKERRY_DATA_DIR");
    CHECK(data_folder({}, with({{"XDG_DATA_HOME", "/xdg"}})).path == "/xdg/skerry");
    CHECK(data_folder({}, with({{"HOME", "/srv/me"}})).path == "/srv/me/.local/share/skerry");
    CHECK_THROWS_AS(data_folder({}, with({})), Error);
    CHECK(data_folder("relative", all).path.is_absolute());
}
