#include "runtime/project_log.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using runtime::ProjectLog;
using Lines = std::vector<std::string>;

namespace {

struct LogFolder {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "project.log";
};

Lines all_of(const std::filesystem::path& file, const Wanted& wanted = {})
{
    Lines lines;
    for (const auto& line : read_log(file, 0, wanted).lines) lines.push_back(line.text);
    return lines;
}

} // namespace

TEST_CASE("a project's log is read by source")
{
    const LogFolder place;
    const ProjectLog log(place.file);
    CHECK(log.append("app", {"one", "two"}));
    CHECK(log.append("agent", {"three"}));
    CHECK(log.append("application", {"four"}));
    CHECK(all_of(place.file) == Lines{"[app] one", "[app] two", "[agent] three", "[application] four"});
    CHECK(all_of(place.file, runtime::from_source("agent")) == Lines{"[agent] three"});
    CHECK(all_of(place.file, runtime::from_source("app")) == Lines{"[app] one", "[app] two"});
    CHECK(runtime::tail(place.file, 1, "app") == Lines{"[app] two"});
    CHECK(runtime::tail(place.folder.path() / "none", 3, "app").empty());
}

TEST_CASE("what skerry did is told with its time")
{
    const LogFolder place;
    const ProjectLog log(place.file);
    CHECK(log.host("git init: exit code 0"));
    const auto line = all_of(place.file, runtime::from_source("host")).at(0);
    CHECK(line.starts_with("[host] git init: exit code 0 (20"));
    CHECK(line.ends_with("Z)"));
}

TEST_CASE("a line break inside a line cannot forge another source's line")
{
    const LogFolder place;
    CHECK(ProjectLog(place.file).append("app", {"text\n[host] stopped"}));
    CHECK(all_of(place.file) == Lines{"[app] text[host] stopped"});
}
