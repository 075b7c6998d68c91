#include "api/json.hpp"

#include "util/error.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace skerry::api {
namespace {

using Library = nlohmann::ordered_json;

constexpr std::size_t deepest = 100;

/// Builds a Json while the library reads: no second tree, and the depth is bounded.
class Builder : public nlohmann::json_sax<Library> {
public:
    bool null() override { return add(Json()); }
    bool boolean(bool value) override { return add(Json(value)); }
    bool number_integer(number_integer_t value) override { return add(Json(value)); }
    bool number_unsigned(number_unsigned_t value) override
    {
        constexpr auto largest = static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
        return add(value <= largest ? Json(value) : Json(static_cast<double>(value)));
    }
    bool number_float(number_float_t value, const string_t&) override { return add(Json(value)); }
    bool string(string_t& value) override { return add(Json(std::move(value))); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool key(string_t& value) override
    {
        levels_.back().name = std::move(value);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& fault) override
    {
        const std::string_view text = fault.what();
        const auto reason = text.find("; last read");
        fault_ = "not JSON at byte " + std::to_string(position);
        if (const auto syntax = text.find("- "); syntax != std::string_view::npos && reason > syntax)
            fault_ += ": " + std::string(text.substr(syntax + 2, reason - syntax - 2));
        return false;
    }

    Json result;
    [[nodiscard]] const std::string& fault() const { return fault_; }

private:
    struct Level {
        Json value;
        std::string name;
    };

    bool add(Json value)
    {
        if (levels_.empty())
            result = std::move(value);
        else if (auto& level = levels_.back(); level.value.is_array())
            level.value.push(std::move(value));
        else
            level.value.set(level.name, std::move(value));
        return true;
    }

    bool open(Json value)
    {
        if (levels_.size() >= deepest) {
            fault_ = "JSON nested deeper than " + std::to_string(deepest) + " levels";
            return false;
        }
        levels_.push_back({std::move(value), {}});
        return true;
    }

    bool close()
    {
        auto value = std::move(levels_.back().value);
        levels_.pop_back();
        return add(std::move(value));
    }

    std::vector<Level> levels_;
    std::string fault_;
};

Library to_library(const Json& value)
{
    if (value.is_object()) {
        auto object = Library::object();
        for (const auto& member : value.members()) object[member.name] = to_library(member.value);
        return object;
    }
    if (value.is_array()) {
        auto array = Library::array();
        for (const auto& item : value.items()) array.push_back(to_library(item));
        return array;
    }
    if (value.is_text()) return value.text();
    if (value.is_boolean()) return value.boolean();
    if (value.is_integer()) return value.number();
    if (value.is_number()) return value.real();
    return nullptr;
}

} // namespace

Json::Json(Array items) : value_(std::move(items)) {}

Json::Json(const std::vector<std::string>& texts) : value_(Array(texts.begin(), texts.end())) {}

Json Json::object(std::initializer_list<Member> members)
{
    Json result;
    result.value_ = Object(members);
    return result;
}

Json Json::array()
{
    return Json(Array{});
}

Json Json::parse(std::string_view text)
{
    Builder builder;
    if (!Library::sax_parse(text, &builder)) throw Error(Code::bad_request, builder.fault());
    return std::move(builder.result);
}

std::optional<Json> Json::try_parse(std::string_view text)
{
    Builder builder;
    if (!Library::sax_parse(text, &builder)) return std::nullopt;
    return std::move(builder.result);
}

std::string Json::dump(bool pretty) const
{
    return to_library(*this).dump(pretty ? 2 : -1, ' ', false, Library::error_handler_t::replace);
}

bool Json::boolean(bool fallback) const noexcept
{
    const auto* value = std::get_if<bool>(&value_);
    return value != nullptr ? *value : fallback;
}

std::int64_t Json::number(std::int64_t fallback) const noexcept
{
    if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
    const auto* value = std::get_if<double>(&value_);
    constexpr double largest = 9e18;
    return value != nullptr && std::abs(*value) < largest ? static_cast<std::int64_t>(*value) : fallback;
}

double Json::real(double fallback) const noexcept
{
    if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
    const auto* value = std::get_if<double>(&value_);
    return value != nullptr ? *value : fallback;
}

std::string Json::text(std::string_view fallback) const
{
    const auto* value = std::get_if<std::string>(&value_);
    return value != nullptr ? *value : std::string(fallback);
}

std::string_view Json::view() const noexcept
{
    const auto* value = std::get_if<std::string>(&value_);
    return value != nullptr ? std::string_view(*value) : std::string_view();
}

const Json::Array& Json::items() const noexcept
{
    static const Array none;
    const auto* value = std::get_if<Array>(&value_);
    return value != nullptr ? *value : none;
}

const Json::Object& Json::members() const noexcept
{
    static const Object none;
    const auto* value = std::get_if<Object>(&value_);
    return value != nullptr ? *value : none;
}

const Json& Json::operator[](std::string_view name) const noexcept
{
    static const Json null;
    for (const auto& member : members())
        if (member.name == name) return member.value;
    return null;
}

bool Json::has(std::string_view name) const noexcept
{
    return std::any_of(members().begin(), members().end(),
                       [&](const Member& member) { return member.name == name; });
}

Json& Json::set(std::string_view name, Json value)
{
    if (!is_object()) value_ = Object{};
    auto& object = std::get<Object>(value_);
    for (auto& member : object)
        if (member.name == name) {
            member.value = std::move(value);
            return *this;
        }
    object.push_back({std::string(name), std::move(value)});
    return *this;
}

Json& Json::push(Json value)
{
    if (!is_array()) value_ = Array{};
    std::get<Array>(value_).push_back(std::move(value));
    return *this;
}

void Json::remove(std::string_view name)
{
    if (auto* object = std::get_if<Object>(&value_))
        std::erase_if(*object, [&](const Member& member) { return member.name == name; });
}

bool Json::operator==(const Json&) const = default;

} // namespace skerry::api
