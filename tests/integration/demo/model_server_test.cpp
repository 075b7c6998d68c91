#include "demo/model_server.hpp"
#include "support/chat.hpp"
#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace skerry;
using api::Json;
using namespace std::chrono_literals;
using test::Chat;
using test::RawClient;
using test::RunningServer;

namespace {

const std::string address = "/v1/chat/completions";

RunningServer fast_model()
{
    return RunningServer(demo::model_handler({.delay = 0ms}));
}

std::string post(int port, const Json& request)
{
    RawClient client(port);
    client.ask("POST", address, request.dump());
    return client.answer();
}

std::string ask(int port, const std::string& prompt, bool stream = true)
{
    return post(port, Chat().user(prompt).request(stream));
}

/// The body of an answer in chunks.
std::string joined(const std::string& answer)
{
    auto rest = std::string_view(answer).substr(answer.find("\r\n\r\n") + 4);
    std::string body;
    while (!rest.empty()) {
        const auto length = std::stoul(std::string(rest), nullptr, 16);
        rest.remove_prefix(rest.find("\r\n") + 2);
        body += rest.substr(0, length);
        rest.remove_prefix(std::min(rest.size(), length + 2));
    }
    return body;
}

struct Streamed {
    std::string content;
    std::string reasoning;
    std::string tool;
    std::string arguments;
    std::string finish;
    Json usage;
    int pieces = 0;
    bool done = false;
};

Streamed read_stream(const std::string& answer)
{
    Streamed all;
    for (const auto& line : split(joined(answer), '\n')) {
        if (!line.starts_with("data: ")) continue;
        all.done = line == "data: [DONE]";
        if (all.done) continue;
        const auto event = Json::parse(line.substr(6));
        ++all.pieces;
        if (!event["usage"].is_null()) all.usage = event["usage"];
        for (const auto& choice : event["choices"].items()) {
            all.content += choice["delta"]["content"].view();
            all.reasoning += choice["delta"]["reasoning_content"].view();
            all.finish += choice["finish_reason"].view();
            for (const auto& call : choice["delta"]["tool_calls"].items()) {
                all.tool += call["function"]["name"].view();
                all.arguments += call["function"]["arguments"].view();
            }
        }
    }
    return all;
}

Json json_of(const std::string& answer)
{
    return Json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
}

} // namespace

TEST_CASE("a text is streamed word by word and ends with its usage")
{
    auto server = fast_model();
    const auto answer = ask(server.port(), "say: one two  three");
    CHECK(answer.find("Content-Type: text/event-stream\r\n") != std::string::npos);

    const auto all = read_stream(answer);
    CHECK(all.content == "one two  three");
    CHECK(all.pieces == 6); // the role, three words, the finish, the usage
    CHECK(all.finish == "stop");
    CHECK(all.usage["total_tokens"].number() > 0);
    CHECK(all.done);
}

TEST_CASE("a tool call's arguments come in pieces that fit together")
{
    auto server = fast_model();
    const auto all =
        read_stream(ask(server.port(), "write file a.txt: ünïcödé and a long line that has to be cut up"));
    CHECK(all.tool == "write");
    CHECK(Json::parse(all.arguments)["content"].view() == "ünïcödé and a long line that has to be cut up\n");
    CHECK(all.finish == "tool_calls");
    CHECK(all.done);
}

TEST_CASE("thoughts come before the answer")
{
    auto server = fast_model();
    const auto all = read_stream(ask(server.port(), "reason"));
    CHECK(all.reasoning == "First I think about it. Then I decide.");
    CHECK(all.content == "Reasoned answer.");
}

TEST_CASE("without a stream the answer is one object")
{
    auto server = fast_model();
    const auto answer = json_of(ask(server.port(), "run: ls", false));
    CHECK(answer["object"].view() == "chat.completion");
    const auto& choice = answer["choices"].items().at(0);
    CHECK(choice["finish_reason"].view() == "tool_calls");
    CHECK(choice["message"]["tool_calls"].items().at(0)["function"]["name"].view() == "bash");
}

TEST_CASE("ordered failures happen, and end when their number is reached")
{
    auto server = fast_model();
    const auto limited = ask(server.port(), "http 429");
    CHECK(limited.starts_with("HTTP/1.1 429 "));
    CHECK(limited.find("Retry-After: 1\r\n") != std::string::npos);

    CHECK(ask(server.port(), "http 500 x2").starts_with("HTTP/1.1 500 "));
    CHECK(ask(server.port(), "http 503").find("Retry-After-Ms: 200\r\n") != std::string::npos);
    CHECK(ask(server.port(), "http 500 x2").starts_with("HTTP/1.1 500 "));
    CHECK(read_stream(ask(server.port(), "http 500 x2")).content == "Recovered after 2 failures.");

    CHECK(ask(server.port(), "drop").find("\r\n0\r\n\r\n") == std::string::npos);
    CHECK(ask(server.port(), "drop x1").find("\r\n0\r\n\r\n") == std::string::npos);
    CHECK(read_stream(ask(server.port(), "drop x1")).content == "Recovered after 1 failure.");
    CHECK(ask(server.port(), "malformed").find("\"choices\": [ {\n\n") != std::string::npos);
}

TEST_CASE("what is asked wrongly gets an error in JSON")
{
    auto server = fast_model();
    RawClient client(server.port());
    client.ask("GET", "/v1/models");
    CHECK(json_of(client.answer())["data"].items().at(0)["id"].view() == "scripted");
    client.ask("GET", "/");
    CHECK(json_of(client.answer())["error"]["message"].view() == "there is no such address");
    client.ask("GET", address);
    CHECK(client.answer().starts_with("HTTP/1.1 405 "));
    client.ask("POST", address, "{");
    CHECK(client.answer().starts_with("HTTP/1.1 400 "));
}

TEST_CASE("a hanging or slow answer ends with the server")
{
    auto server = fast_model();
    RawClient hanging(server.port());
    RawClient slow(server.port());
    hanging.ask("POST", address, Chat().user("hang").request(true).dump());
    slow.ask("POST", address, Chat().user("slow 1000").request(true).dump());
    CHECK(slow.read_until("tick1 ") != "");
    server.stop();
    CHECK(slow.rest().find("[DONE]") == std::string::npos);
}

TEST_CASE("the log counts prompts and holds no header")
{
    TemporaryFolder folder;
    const auto log = folder.path() / "requests.jsonl";
    RunningServer server(demo::model_handler({.request_log = log, .delay = 0ms}));
    RawClient client(server.port());
    const auto body = Chat().user("say: " + std::string(3000, 'x')).request().dump();
    client.send("POST " + address +
                " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer secret\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    CHECK(client.answer().starts_with("HTTP/1.1 200 "));
    post(server.port(), Chat().add("system", "You are a title generator.").user("hi").request());

    const auto text = read_file(log);
    const auto lines = split(trim(text), '\n');
    REQUIRE(lines.size() == 2);
    const auto first = Json::parse(lines[0]);
    CHECK(first["kind"].view() == "text");
    CHECK(first["prompt"].view() == "say: " + std::string(1995, 'x'));
    CHECK(first["messages"].number() == 2);
    CHECK_FALSE(first["title"].boolean(true));
    CHECK(Json::parse(lines[1])["title"].boolean());
    CHECK(text.find("secret") == std::string::npos);
    struct stat state {};
    REQUIRE(::stat(log.c_str(), &state) == 0);
    CHECK((state.st_mode & 0777U) == 0600U);
}
