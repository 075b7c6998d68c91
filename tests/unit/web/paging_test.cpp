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
