#include "agent/showing.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using agent::Redaction;
using api::Json;

TEST_CASE("known secrets and what looks like a key are masked")
{
    const Redaction redaction({"hunter2-hunter2", "abc"});
    CHECK(redaction.of(std::string("OPENCODE_SERVER_PASSWORD=hunter2-hunter2;")) ==
          "OPENCODE_SERVER_PASSWORD=***;");
    CHECK(redaction.of(std::string("key: sk-proj-0123456789abcdef, done")) == "key: sk-***, done");
    CHECK(redaction.of(std::string("Authorization: Bearer 0123456789abcdef0123")) ==
          "Authorization: Bearer ***");
    for (const auto* harmless : {"abc of it", "task-management-and-more-2024", "Bearer of good news",
                                 "Basic understanding-of-everything", "sk-short"}) {
        CHECK(redaction.of(std::string(harmless)) == harmless);
    }
}

TEST_CASE("a text that grows is certain up to where a secret may have begun")
{
    const Redaction redaction({"correct horse", "correct horse battery"});
    const auto certain = [&](std::string_view text, std::size_t from = 0) {
        return redaction.certain_until(text, from);
    };
    CHECK(certain("it is co") == 6);
    CHECK(certain("it is cod") == 9);
    CHECK(certain("it is correct horse") == 6); // it may be the longer one
    CHECK(certain("it is correct horse, co") == 21);
    CHECK(certain("a sk") == 2);
    CHECK(certain("a task") == 6);
    CHECK(certain("a task", 4) == 6);
    CHECK(certain("with Bearer 0123") == 5);
    CHECK(certain("with Bearer 0123, ") == 18);
    CHECK(redaction.of(std::string("correct horse battery")) == "***");
}

TEST_CASE("members that are named like credentials lose their value, at any depth")
{
    const auto value = Json::parse(R"({"a":[{"apiKey":"x","api_key":1,"X-API-Key":"y","password":"z"}],
        "responseHeaders":{"set-cookie":"s"},"tokens":{"input":3},"keyboard":"k"})");
    CHECK(Redaction().of(value).dump() ==
          R"({"a":[{"apiKey":"***","api_key":"***","X-API-Key":"***","password":"***"}],)"
          R"("responseHeaders":"***","tokens":{"input":3},"keyboard":"k"})");
}

TEST_CASE("long, wide and deep values are cut")
{
    CHECK(agent::clipped(Json("0123456789"), 5).view() == "01234…");
    CHECK(agent::clipped(Json("äöü"), 3).view() == "ä…");
    CHECK(agent::clipped(Json(Json::Array(500, Json(1))), 5).items().size() == 100);
    Json deep("end");
    for (int i = 0; i < 50; ++i) deep = Json::object({{"in", deep}});
    CHECK(agent::clipped(deep, 100).dump().size() < 100);
}

TEST_CASE("of a long text the beginning and the end are kept, between characters")
{
    CHECK(agent::without_middle("short", 100) == "short");
    const auto cut = agent::without_middle(std::string(500, 'a') + std::string(500, 'z'), 90);
    CHECK(cut == std::string(30, 'a') + "\n… 910 bytes left out …\n" + std::string(60, 'z'));
    std::string umlauts;
    for (int i = 0; i < 100; ++i) umlauts += "ä";
    CHECK(agent::without_middle(umlauts, 50).find("\xC3\n") == std::string::npos);
}

TEST_CASE("paths are shown relative to the project")
{
    CHECK(agent::relative_to("/srv/demo", "/srv/demo/a/b.txt") == "a/b.txt");
    CHECK(agent::relative_to("/srv/demo", "/srv/demo-ask/b.txt") == "/srv/demo-ask/b.txt");
    CHECK(agent::relative_to("/srv/demo", "/srv/demo") == ".");
    CHECK(agent::relative_to("/srv/demo", "b.txt") == "b.txt");
}
