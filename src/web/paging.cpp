#include "web/paging.hpp"

#include "util/error.hpp"
#include "util/text.hpp"
#include "web/answer.hpp"

namespace skerry::web {
namespace {

[[noreturn]] void refuse_cursor()
{
    throw Error(Code::bad_request, "cursor is not one that was given out",
                {.fields = {{"cursor", "is not one that was given out"}}});
}

/// The value as the field's kind; what is not of that kind stays a text, which the check then names.
api::Json value_of(const api::Field& field, const std::string& text)
{
    switch (field.kind) {
    case api::Kind::text: return text;
    case api::Kind::number:
        if (const auto number = number_in(text)) return *number;
        return text;
    case api::Kind::boolean:
        if (text == "1" || text == "true" || text.empty()) return true;
        if (text == "0" || text == "false") return false;
        return text;
    case api::Kind::list: {
        auto parts = split(text, ',');
        std::erase(parts, "");
        return parts;
    }
    }
    return text;
}

const api::Field* find_field(std::span<const api::Field> fields, const std::string& name)
{
    for (const auto& field : fields)
        if (field.name == name) return &field;
    return nullptr;
}

} // namespace

api::Json query_of(const http::Request& request, std::span<const api::Field> fields)
{
    auto input = api::Json::object();
    for (const auto& [name, text] : request.query) {
        const auto* field = find_field(fields, name);
        input.set(name, field != nullptr ? value_of(*field, text) : api::Json(text));
    }
    return input;
}

void refuse_query(const http::Request& request)
{
    api::read({}, nullptr, query_of(request, {}));
}

Place place_in(const std::string& cursor)
{
    const auto dot = cursor.find('.');
    const auto time = number_in(std::string_view(cursor).substr(0, dot));
    if (dot == std::string::npos || !time) refuse_cursor();
    return {.time = *time, .id = cursor.substr(dot + 1)};
}

std::string cursor_of(const Place& place)
{
    return std::to_string(place.time) + "." + place.id;
}

std::int64_t number_in_cursor(const std::string& cursor)
{
    const auto number = number_in(cursor);
    if (!number) refuse_cursor();
    return *number;
}

http::Response list(const api::Json& items, const std::optional<std::string>& next_cursor)
{
    auto answer = data(nullptr);
    answer.body = R"({"data":)" + items.dump() + R"(,"nextCursor":)" + api::Json(next_cursor).dump() + "}\n";
    return answer;
}

} // namespace skerry::web
