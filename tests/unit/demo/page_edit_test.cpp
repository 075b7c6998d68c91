#include "demo/page_edit.hpp"
#include "support/chat.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using demo::page_marker;
using demo::plan;
using demo::Reply;
using test::Chat;

namespace {

const std::string page_text = "1: <body>\n2:     " + std::string(page_marker) + "\n3: </body>";
const std::string wish = "Put the words 'a < b & c' on the page";

} // namespace

TEST_CASE("the page is read, then edited, then it says so")
{
    Chat chat;
    chat.user("hello").add("assistant", "hi").user(wish);

    const auto first = plan(chat.request());
    REQUIRE(first.kind == Reply::Kind::tools);
    CHECK(first.calls[0].name == "read");
    CHECK(first.calls[0].arguments["filePath"].view() == "index.html");

    const auto second = plan(chat.step(page_text).request());
    REQUIRE(second.kind == Reply::Kind::tools);
    CHECK(second.calls[0].name == "edit");
    CHECK(second.calls[0].arguments["oldString"].view() == page_marker);
    CHECK(second.calls[0].arguments["newString"].view() ==
          "<p>a &lt; b &amp; c</p>\n    " + std::string(page_marker));

    const auto third = plan(chat.step("Edit applied successfully.").request());
    CHECK(third.kind == Reply::Kind::text);
    CHECK(third.text == "I put “a < b & c” on the page (index.html).");
}

TEST_CASE("without quotes the prompt itself goes on the page, as one line")
{
    Chat chat;
    const auto reply = plan(chat.user("and a\nfooter").step(page_text).request());
    CHECK(reply.calls.at(0).arguments["newString"].view().starts_with("<p>and a footer</p>\n"));
}

TEST_CASE("a page without the marker keeps its content, and where there is none one is written")
{
    const auto kept = plan(Chat().user(wish).step("1: <h1>mine</h1>\n2: </body>").request());
    CHECK(kept.calls.at(0).name == "edit");
    CHECK(kept.calls[0].arguments["oldString"].view() == "</body>");

    const auto fresh = plan(Chat().user(wish).step("File not found: index.html").request());
    CHECK(fresh.calls.at(0).name == "write");
    const auto content = fresh.calls[0].arguments["content"].text();
    CHECK(content.find("<p>a &lt; b &amp; c</p>") != std::string::npos);
    CHECK(content.find(page_marker) != std::string::npos);
}

TEST_CASE("a failed edit is told")
{
    const auto reply = plan(Chat().user(wish).step(page_text).step("Error: no permission\nmore").request());
    CHECK(reply.text == "I could not change the page: Error: no permission");
}

TEST_CASE("without words or tools nothing is called")
{
    CHECK(plan(Chat().user(" ").request()).kind == Reply::Kind::text);
    CHECK(plan(Chat().without_tools().user("hello").request()).text ==
          "Without tools I can only repeat it: hello");
    CHECK(plan(api::Json()).kind == Reply::Kind::text);
}
