#include "support/accounts.hpp"
#include "web/job_reads.hpp"
#include "web/paging.hpp"
#include "web/streams.hpp"

#include <doctest/doctest.h>

namespace skerry::paging_test {

using test::code_of;
using test::error_of;

http::Request asked(std::multimap<std::string, std::string> query)
{
    return {.query = std::move(query)};
}

struct Row {
    Id<Row> id{};
    Time created_at = 0;
};
Row row(const char* id, Time created_at)
{
    return {.id = Id<Row>(id), .created_at = created_at};
}
api::Json to_json(const Row& row)
{
    return row.id.value;
}

struct Part {
    std::string ids{};
    std::optional<std::string> next{};
};
Part part(const std::vector<Row>& rows, std::int64_t limit, std::optional<std::string> cursor = std::nullopt)
{
    const auto json =
        api::Json::parse(web::part_of(rows, {.limit = limit, .cursor = std::move(cursor)}).body);
    Part found;
    for (const auto& id : json["data"].items()) found.ids += id.text();
    if (!json["nextCursor"].is_null()) found.next = json["nextCursor"].text();
    return found;
}

TEST_CASE("parts of a list are the newest first, each row once, also of the same moment")
{
    const std::vector<Row> rows{row("a", 1), row("d", 2), row("c", 2), row("b", 2), row("e", 3)};
    for (const std::int64_t limit : {1, 2, 3, 4}) {
        CAPTURE(limit);
        auto found = part(rows, limit);
        auto all = found.ids;
        while (found.next) {
            CHECK(std::cmp_equal(found.ids.size(), limit));
            found = part(rows, limit, found.next);
            all += found.ids;
        }
        CHECK(all == "ebcda");
    }
    CHECK(part(rows, 5).ids == "ebcda");
    CHECK_FALSE(part(rows, 5).next);
    CHECK(part({}, 1).ids.empty());
}

TEST_CASE("a part goes on where the one before ended, whatever came and went meanwhile")
{
    const auto first = part({row("a", 1), row("b", 2), row("c", 3)}, 2);
    CHECK(first.ids == "cb");
    CHECK(part({row("a", 1), row("c", 3), row("d", 4)}, 2, first.next).ids == "a");
}

TEST_CASE("a cursor leads back to its place, whatever the id holds")
{
    for (const auto* id : {"p1", "", "a.b", "ü"}) {
        const auto place = web::place_in(web::cursor_of({.time = 1'800'000'000'000, .id = id}));
        CHECK(place.time == 1'800'000'000'000);
        CHECK(place.id == id);
    }
}

TEST_CASE("a cursor that was not given out is refused")
{
    for (const auto* bad : {"", ".", "x", "12", "x.p1", "-1.p1", " 1.p1", "99999999999999999999.p1"})
        CHECK_MESSAGE(code_of([&] { web::place_in(bad); }) == Code::bad_request, bad);
    for (const auto* bad : {"", "x", "-1", "1.5", "99999999999999999999"})
        CHECK_MESSAGE(code_of([&] { web::number_in_cursor(bad); }) == Code::bad_request, bad);
    CHECK(web::number_in_cursor("17") == 17);
}

TEST_CASE("a query is understood as its fields are declared")
{
    const auto wanted = web::read_query<web::EventsWanted>(
        asked({{"project", "p1"}, {"after", "7"}, {"types", "chat.,,job.state"}, {"snapshot", ""}}));
    CHECK(wanted.project == "p1");
    CHECK(wanted.after == 7);
    CHECK(wanted.types == std::vector<std::string>{"chat.", "job.state"});
    CHECK(wanted.snapshot);
    CHECK_FALSE(web::read_query<web::EventsWanted>(asked({{"snapshot", "0"}})).snapshot);
}

TEST_CASE("what is not asked for has its default")
{
    const auto wanted = web::read_query<web::JobsWanted>(asked({}));
    CHECK(wanted.limit == 50);
    CHECK_FALSE(wanted.cursor);
}

TEST_CASE("every wrong value of a query is named")
{
    const auto error = error_of([] {
        web::read_query<web::JobsWanted>(asked({{"limit", "many"}, {"state", ""}, {"colour", "red"}}));
    });
    REQUIRE(error);
    CHECK(error->code() == Code::bad_request);
    CHECK(error->fields().size() == 3);
}

TEST_CASE("numbers of a query have bounds")
{
    for (const auto* limit : {"0", "201", "-1", "1e2", "0x10", "99999999999999999999", "1 "})
        CHECK_MESSAGE(code_of([&] {
                          web::read_query<web::JobsWanted>(asked({{"limit", limit}}));
                      }) == Code::bad_request,
                      limit);
    CHECK(web::read_query<web::JobsWanted>(asked({{"limit", "200"}})).limit == 200);
    for (const auto* word : {"yes", "2", "TRUE"})
        CHECK_MESSAGE(code_of([&] {
                          web::read_query<web::EventsWanted>(asked({{"snapshot", word}}));
                      }) == Code::bad_request,
                      word);
}

TEST_CASE("a list says where it goes on, or that it does not")
{
    CHECK(web::list(api::Json::array().push(1), "7").body == "{\"data\":[1],\"nextCursor\":\"7\"}\n");
    CHECK(web::list(api::Json::array(), std::nullopt).body == "{\"data\":[],\"nextCursor\":null}\n");
}

} // namespace skerry::paging_test
