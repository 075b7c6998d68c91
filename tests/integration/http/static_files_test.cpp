#include "http/static_files.hpp"
#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace fs = std::filesystem;
using namespace skerry;
using test::RawClient;
using test::RunningServer;

namespace {

/// A folder to serve beside a secret that must never be seen.
struct Site {
    TemporaryFolder around;
    fs::path root = around.path() / ".hidden" / "site"; // what lies above the folder hides nothing in it

    Site()
    {
        fs::create_directories(root / "sub" / "deep");
        fs::create_directories(root / ".git");
        fs::create_directories(root / "empty");
        write_file(root.parent_path() / "secret.txt", "SECRET");
        write_file(root.parent_path() / "site-secret.txt", "SECRET");
        write_file(root / "index.html", "<h1>home</h1>");
        write_file(root / "sub" / "index.html", "sub home");
        write_file(root / "sub" / "a b.css", "body {}");
        write_file(root / ".git" / "config", "SECRET");
        write_file(root / ".env", "SECRET");
        fs::create_symlink("../secret.txt", root / "out");
        fs::create_symlink(root.parent_path() / "secret.txt", root / "absolute");
        fs::create_symlink("..", root / "up");
        fs::create_symlink(".git/config", root / "inner");
        fs::create_symlink(".git", root / "repository");
        fs::create_symlink("sub/a b.css", root / "style.css");
        ::mkfifo((root / "pipe").c_str(), 0600);
    }
};

std::string get(int port, const std::string& target, const std::string& method = "GET")
{
    RawClient client(port);
    client.ask(method, target);
    return client.answer(method == "HEAD");
}

bool says(const std::string& answer, std::string_view text)
{
    return answer.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("files are served with their type and are not to be kept")
{
    Site site;
    RunningServer server(http::file_handler(site.root));

    const auto home = get(server.port(), "/");
    CHECK(home.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(says(home, "Content-Type: text/html; charset=utf-8\r\n"));
    CHECK(says(home, "Cache-Control: no-store\r\n"));
    CHECK(home.ends_with("\r\n\r\n<h1>home</h1>"));

    CHECK(says(get(server.port(), "/sub/a%20b.css?v=1"), "Content-Type: text/css; charset=utf-8\r\n"));
    CHECK(get(server.port(), "/sub/").ends_with("sub home"));
    CHECK(get(server.port(), "/style.css").ends_with("body {}"));
    CHECK(get(server.port(), "//sub//index.html").ends_with("sub home"));
}

TEST_CASE("a changed file is served as it is now")
{
    Site site;
    RunningServer server(http::file_handler(site.root));
    RawClient client(server.port());

    client.ask("GET", "/");
    CHECK(client.answer().ends_with("home</h1>"));
    write_file(site.root / "index.html", "new");
    client.ask("GET", "/");
    CHECK(client.answer().ends_with("\r\n\r\nnew"));
}

TEST_CASE("HEAD tells the length and other methods are refused")
{
    Site site;
    RunningServer server(http::file_handler(site.root));

    const auto head = get(server.port(), "/index.html", "HEAD");
    CHECK(says(head, "Content-Length: 13\r\n"));
    CHECK_FALSE(says(head, "bytes"));
    CHECK(head.ends_with("\r\n\r\n"));

    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
        const auto answer = get(server.port(), "/", method);
        CHECK(answer.starts_with("HTTP/1.1 405 "));
        CHECK(says(answer, "Allow: GET, HEAD\r\n"));
    }
}

TEST_CASE("nothing outside the folder and nothing hidden is ever served")
{
    Site site;
    RunningServer server(http::file_handler(site.root));
    const std::string targets[] = {
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2Fsecret.txt",
        "/sub/../../secret.txt",
        "/..%2fsecret.txt",
        "/sub/..%2f..%2fsecret.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "/../site-secret.txt",
        "//secret.txt",
        "//etc/passwd",
        "/etc/passwd",
        "/" + site.root.parent_path().string() + "/secret.txt",
        "/out",
        "/absolute",
        "/up/secret.txt",
        "/up/site/index.html",
        "/inner",
        "/repository/config",
        "/.git/config",
        "/sub/../.git/config",
        "/%2egit/config",
        "/.env",
        "/./.env",
        "/index.html%00.txt",
        "/..%00/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%252e%252e/secret.txt",
        "/proc/self/environ",
        "/../../../../../../../../etc/passwd",
    };
    for (const auto& target : targets) {
        const auto answer = get(server.port(), target);
        CHECK_MESSAGE((answer.starts_with("HTTP/1.1 404 ") || answer.starts_with("HTTP/1.1 400 ")), target);
        CHECK_MESSAGE(!says(answer, "SECRET"), target);
        CHECK_MESSAGE(!says(answer, "home"), target);
    }
}

TEST_CASE("what is no file is not found, and no list is given")
{
    Site site;
    RunningServer server(http::file_handler(site.root));
    for (const auto* target :
         {"/missing", "/empty/", "/pipe", "/index.html/", "/index.html/x", "/sub/deep/"}) {
        const auto answer = get(server.port(), target);
        CHECK_MESSAGE(answer.starts_with("HTTP/1.1 404 "), target);
        CHECK(says(answer, "404 Not Found</h1>"));
        CHECK(says(answer, "Cache-Control: no-store\r\n"));
    }
}

TEST_CASE("a folder without its slash is sent to the one with it, never to another server")
{
    Site site;
    fs::create_directories(site.root / "evil.example");
    fs::create_directories(site.root / "javascript:1 x");
    RunningServer server(http::file_handler(site.root));

    CHECK(says(get(server.port(), "/sub"), "Location: ./sub/\r\n"));
    CHECK(says(get(server.port(), "/sub/deep"), "Location: ./deep/\r\n"));
    CHECK(says(get(server.port(), "//evil.example"), "Location: ./evil.example/\r\n"));
    CHECK(says(get(server.port(), "/javascript:1%20x"), "Location: ./javascript%3A1%20x/\r\n"));
}

TEST_CASE("a large file comes whole")
{
    Site site;
    std::string large;
    for (int number = 0; large.size() < (3U << 20U); ++number) large += std::to_string(number) + "\n";
    write_file(site.root / "large.txt", large);
    RunningServer server(http::file_handler(site.root));

    RawClient client(server.port());
    client.send("GET /large.txt HTTP/1.0\r\n\r\n");
    const auto answer = client.rest();
    CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == large);
}

TEST_CASE("the folder that is served must be there")
{
    TemporaryFolder folder;
    CHECK_THROWS_AS(http::file_handler(folder.path() / "missing"), Error);
}
