#pragma once

#include "api/field.hpp"
#include "http/server.hpp"
#include "util/clock.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

/// Lists that are read a part at a time. A cursor says where the next part begins; what is in it is for this
/// server alone.
namespace skerry::web {

inline constexpr std::int64_t most_at_once = 200;

struct Page {
    std::int64_t limit = 50;
    std::optional<std::string> cursor;
};
constexpr auto fields(api::Tag<Page>)
{
    return std::array{
        api::field<&Page::limit>("limit", "How many at most", {.min = 1, .max = most_at_once}),
        api::field<&Page::cursor>("cursor", "What 'nextCursor' of the part before said",
                                  {.min = 1, .max = 100}),
    };
}

/// What stands behind the "?", as the declared fields understand it: numbers and yes or no by their words,
/// lists parted by commas. Throws Error bad_request that names every wrong, missing or unknown one.
api::Json query_of(const http::Request& request, std::span<const api::Field> fields);

/// Throws Error bad_request that names what stands there, where nothing may.
void refuse_query(const http::Request& request);

template <class Options> Options read_query(const http::Request& request)
{
    return api::from_json<Options>(query_of(request, api::fields_of<Options>()));
}

/// A place in a list that is ordered by time and then by id. Throws Error bad_request.
struct Place {
    Time time = 0;
    std::string id{};
};
Place place_in(const std::string& cursor);
std::string cursor_of(const Place& place);
/// Of a list that is ordered by numbers. Throws Error bad_request.
std::int64_t number_in_cursor(const std::string& cursor);

/// {"data": [...], "nextCursor": ...}
http::Response list(const api::Json& items, const std::optional<std::string>& next_cursor);

/// The part that a page is of rows that are few enough to be read whole: newest first.
template <class Row> http::Response part_of(std::vector<Row> rows, const Page& page)
{
    const auto is_before = [](const Row& row, Time time, const std::string& id) {
        return row.created_at != time ? row.created_at > time : row.id.value < id;
    };
    std::ranges::sort(rows, [&](const Row& row, const Row& other) {
        return is_before(row, other.created_at, other.id.value);
    });
    if (page.cursor) {
        const auto place = place_in(*page.cursor);
        std::erase_if(rows, [&](const Row& row) {
            return row.id.value == place.id || is_before(row, place.time, place.id);
        });
    }
    const auto count = std::min(rows.size(), static_cast<std::size_t>(page.limit));
    auto items = api::Json::array();
    for (std::size_t index = 0; index < count; ++index) items.push(to_json(rows[index]));
    if (count == rows.size()) return list(items, std::nullopt);
    return list(items, cursor_of({rows[count - 1].created_at, rows[count - 1].id.value}));
}

} // namespace skerry::web
