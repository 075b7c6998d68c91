#include "runtime/docker/engine.hpp"
#include "support/tcp_server.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <chrono>
#include <doctest/doctest.h>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

using namespace skerry;
using namespace skerry::runtime::docker;

namespace {

/// Something that listens where an engine is expected: it says its version, then what a test wants it to.
class Impostor {
public:
    explicit Impostor(std::string answer)
        : answer_(std::move(answer)),
          server_(folder_.path() / "engine.sock", [this](test::Connection& client) {
              const auto request = client.read_request();
              const bool asks_version = request.starts_with("GET /version ");
              client.write(asks_version ? test::http_answer("200 OK", "application/json",
                                                            R"({"ApiVersion":"1.41","Version":"x"})")
                                        : answer_);
          })
    {
    }
    [[nodiscard]] std::filesystem::path socket() const { return folder_.path() / "engine.sock"; }

private:
    std::string answer_;
    TemporaryFolder folder_;
    test::TcpServer server_;
};

struct Fault {
    Code code = Code::internal;
    std::string message = "nothing was thrown";
    std::string hint{};
};

Fault fault_of(const std::function<void()>& call)
{
    try {
        call();
    } catch (const Error& fault) {
        return {fault.code(), fault.what(), fault.hint()};
    }
    return {};
}

Fault fault_of_list(const std::string& answer)
{
    const Impostor impostor(answer);
    const Engine engine(impostor.socket());
    return fault_of([&] { (void)engine.containers({}); });
}

Fault fault_of_logs(const std::string& body)
{
    const Impostor impostor("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + test::http_chunk(body) +
                            test::http_chunk(""));
    const Engine engine(impostor.socket());
    return fault_of([&] { engine.logs("one", {}, [](const OutputLine&) { return true; }); });
}

std::string json_answer(std::string_view status, std::string_view body)
{
    return test::http_answer(status, "application/json", body);
}

} // namespace

TEST_CASE("an engine that is not there, does not listen or is not ours is told apart")
{
    const TemporaryFolder folder;
    const auto version_at = [](const std::filesystem::path& socket) {
        return fault_of([&] { (void)Engine(socket).version(); });
    };
    const auto absent = version_at(folder.path() / "none.sock");
    CHECK(absent.code == Code::unavailable);
    CHECK(absent.message.find("the Docker engine does not run: there is no ") == 0);
    CHECK_FALSE(absent.hint.empty());

    const auto socket = folder.path() / "dead.sock";
    {
        const test::TcpServer gone(socket, [](test::Connection&) {});
    }
    const auto dead = version_at(socket);
    CHECK(dead.code == Code::unavailable);
    CHECK(dead.message.find("nobody listens at") != std::string::npos);
}

TEST_CASE("an engine's own words are in the message, and its status is the kind of fault")
{
    const auto fault_with = [](std::string_view status, std::string_view body) {
        return fault_of_list(json_answer(status, body));
    };
    CHECK(fault_with("404 Not Found", R"({"message":"no such thing"})").code == Code::not_found);
    CHECK(fault_with("409 Conflict", R"({"message":"in use"})").code == Code::conflict);
    CHECK(fault_with("400 Bad Request", R"({"message":"what?"})").code == Code::bad_request);
    const auto broken = fault_with("500 Internal Server Error", "{\"message\":\"disk\\n\\u001b[31mfull\"}");
    CHECK(broken.code == Code::unavailable);
    CHECK(broken.message == "disk  [31mfull");
    CHECK(fault_with("500 Internal Server Error", "<html>").message ==
          "the Docker engine answered with status 500");
    CHECK(fault_with("500 Oh", R"({"message":")" + std::string(100'000, 'x') + "\"}").message.size() < 1000);
}

TEST_CASE("answers that make no sense are refused")
{
    CHECK(fault_of_list("nonsense\r\n\r\n").code == Code::unavailable);
    CHECK(fault_of_list("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[").code == Code::unavailable);
    CHECK(fault_of_list(json_answer("200 OK", "[{]")).code == Code::unavailable);
    CHECK(fault_of_list(json_answer("200 OK", std::string(100, '[') + std::string(100, ']'))).code ==
          Code::unavailable);
    CHECK(fault_of_list(json_answer("200 OK", "[" + std::string(17U << 20U, ' ') + "]")).code ==
          Code::unavailable);
    CHECK(fault_of_logs("12345678").code == Code::unavailable);
    CHECK(fault_of_logs(std::string("\1\0\0\0\xff\xff\xff\xff", 8)).code == Code::unavailable);
}

TEST_CASE("what makes no sense in a list is left out or empty")
{
    const Impostor impostor(json_answer(
        "200 OK", R"([1, {}, {"Id":5}, {"Id":"a","Names":"x","State":7,"Labels":[1],"Created":"never"},
                      {"Id":"b","Names":["/b"],"State":"running","Labels":{"k":1},"Created":99999999999999999}])"));
    const auto found = Engine(impostor.socket()).containers({});
    REQUIRE(found.size() == 2);
    CHECK(found[0].state == ContainerState::dead);
    CHECK(found[0].labels.empty());
    CHECK(found[1].name == "b");
    CHECK(found[1].state == ContainerState::running);
    CHECK(found[1].label("k").empty());
}

TEST_CASE("something else than an engine is found out")
{
    const TemporaryFolder folder;
    const auto socket = folder.path() / "web.sock";
    const test::TcpServer web(socket, [](test::Connection& client) {
        client.read_request();
        client.write(json_answer("200 OK", R"({"hello":"world"})"));
    });
    CHECK(fault_of([&] { (void)Engine(socket).version(); }).message.find("is no Docker engine") !=
          std::string::npos);
}
