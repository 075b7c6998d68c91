#include "api/json.hpp"
#include "support/forked.hpp"
#include "util/files.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

using namespace skerry;
using api::Json;

namespace {

/// What `action` writes to stderr, each line as JSON.
std::vector<Json> logged_by(const std::function<void()>& action)
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "log";
    test::Forked writer([&] {
        const int output = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(output, STDERR_FILENO);
        action();
    });
    REQUIRE(writer.wait() == 0);
    std::vector<Json> lines;
    for (const auto& line : split(read_file(file), '\n'))
        if (!line.empty()) lines.push_back(Json::parse(line));
    return lines;
}

} // namespace

TEST_CASE("a line of the log is JSON, whatever is in it")
{
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    const auto lines = logged_by([&] {
        log::show_from(log::Level::debug);
        log::error("plain", {{"project_id", "p1"}, {"operation", "up"}});
        log::warning("\",\"level\":\"debug\"}\n{\"msg\":\"forged\"}\r\n", {{"error", "{}{0}%s%n"}});
        log::info(bytes, {{bytes, bytes}});
        log::debug("\xED\xA0\x80 \xF8\x88\x80\x80\x80 \xC0\xAF é 🐚 \x7F");
    });
    REQUIRE(lines.size() == 4);
    CHECK(lines[0]["msg"].text() == "plain");
    CHECK(lines[0]["level"].text() == "error");
    CHECK(lines[0]["project_id"].text() == "p1");
    CHECK(lines[0]["time"].text().size() == std::string("2026-11-22T18:40:24.123Z").size());
    CHECK(lines[1]["level"].text() == "warning");
    CHECK(lines[1]["msg"].text() == "\",\"level\":\"debug\"}\n{\"msg\":\"forged\"}\r\n");
    CHECK(lines[1]["error"].text() == "{}{0}%s%n");
    CHECK(lines[2]["msg"].text() == well_formed(bytes));
    CHECK(lines[3]["msg"].text().ends_with("é 🐚 \x7F"));
}

TEST_CASE("only what is wanted is shown, and nothing unless asked for")
{
    CHECK(logged_by([] { log::error("unheard"); }).empty());
    const auto lines = logged_by([] {
        log::show_from(log::parse_level("warning"));
        log::info("unheard");
        log::warning("heard");
    });
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["msg"].text() == "heard");
    CHECK(lines[0].members().size() == 3);
}

TEST_CASE("lines of many processes do not mix")
{
    const auto lines = logged_by([] {
        log::show_from(log::Level::info);
        const auto talk = [](int) {
            for (int number = 0; number < 100; ++number) log::info(std::string(3000, 'x'));
        };
        if (test::all_at_once(4, talk) != 4) throw std::logic_error("one failed");
    });
    CHECK(lines.size() == 400);
}
