#include "projects/app_command.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using Words = std::vector<std::string>;

TEST_CASE("skerry.json says how the app is run, and else the files tell")
{
    const TemporaryFolder folder;
    CHECK_THROWS_WITH_AS(projects::app_command(folder.path(), 1), doctest::Contains("nothing in the project"),
                         Error);

    write_file(folder.path() / "index.html", "<p>");
    CHECK(projects::app_command(folder.path(), 20000) ==
          Words{program_path().string(), "__serve-files", "--host", "127.0.0.1", "--port", "20000", "."});

    write_file(folder.path() / "package.json", R"({"scripts":{"start":"node ."}})");
    CHECK(projects::app_command(folder.path(), 1) == Words{"npm", "start"});

    write_file(folder.path() / "server.mjs", "");
    CHECK(projects::app_command(folder.path(), 1) == Words{"node", "--watch", "server.mjs"});

    write_file(folder.path() / "skerry.json",
               R"({"app":{"command":["python3","-m","http.server","{port}"]}})");
    CHECK(projects::app_command(folder.path(), 8000) == Words{"python3", "-m", "http.server", "8000"});

    write_file(folder.path() / "skerry.json", R"({"app":{"command":[]}})");
    CHECK_THROWS_WITH_AS(projects::app_command(folder.path(), 1), doctest::Contains("list of words"), Error);
    write_file(folder.path() / "skerry.json", "{");
    CHECK_THROWS_WITH_AS(projects::app_command(folder.path(), 1), doctest::Contains("not JSON"), Error);
}
