#include "api/json.hpp"

#include "util/error.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

namespace skerry::api {
namespace {

using Library = nlohmann::ordered_json;

/// Builds a Json while the library reads: no second tree, and the depth is bounded.
class Builder : public nlohmann::json_sax<Library> {
public:
    explicit Builder(std::size_t deepest) : deepest_(deepest) {}
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
    bool start_object(std::size_t) override { return open(true); }
    bool key(string_t& value) override
    {
        levels_.back().name = std::move(value);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(false); }
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
        bool is_object = false;
        Json::Object members;
        Json::Array items;
        std::string name;
    };

    bool add(Json value)
    {
        if (levels_.empty())
            result = std::move(value);
        else if (auto& level = levels_.back(); level.is_object)
            level.members.push_back({std::move(level.name), std::move(value)});
        else
            level.items.push_back(std::move(value));
        return true;
    }

    bool open(bool is_object)
    {
        if (levels_.size() >= deepest_) {
            fault_ = "JSON nested deeper than " + std::to_string(deepest_) + " levels";
            return false;
        }
        levels_.push_back({is_object, {}, {}, {}});
        return true;
    }

    bool close()
    {
        auto level = std::move(levels_.back());
        levels_.pop_back();
        return add(level.is_object ? Json::object_of(std::move(level.members))
                                   : Json(std::move(level.items)));
    }

    std::size_t deepest_;
    std::vector<Level> levels_;
    std::string fault_;
};

/// Whether two members have one name. Never in quadratic time: the object may come from anyone.
bool has_twins(const Json::Object& members)
{
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const auto& member : members) names.push_back(member.name);
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
}

/// The last of twins counts, in the place of the first.
Json::Object without_twins(Json::Object members)
{
    std::map<std::string, std::size_t> places;
    Json::Object kept;
    for (auto& member : members) {
        const auto [place, is_new] = places.try_emplace(member.name, kept.size());
        if (is_new)
            kept.push_back(std::move(member));
        else
            kept[place->second].value = std::move(member.value);
    }
    return kept;
}

/// The code unit of the escape "\\uXXXX" at `place`, or nothing when there is none.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t place)
{
    if (text.substr(place, 2) != "\\u" || text.size() < place + 6) return std::nullopt;
    unsigned unit = 0;
    const auto* const end = text.data() + place + 6;
    const auto [rest, fault] = std::from_chars(text.data() + place + 2, end, unit, 16);
    return fault == std::errc{} && rest == end ? std::optional(unit) : std::nullopt;
}

/// JavaScript may cut a text in the middle of a character, and writes the lone half as an escape, which the
/// library refuses. It is replaced by U+FFFD, in as many bytes.
std::string without_lone_halves(std::string text)
{
    const auto is_within = [](std::optional<unsigned> unit, unsigned first, unsigned last) {
        return unit && *unit >= first && *unit <= last;
    };
    for (auto place = text.find('\\'); place != std::string::npos; place = text.find('\\', place)) {
        const auto unit = escaped_unit(text, place);
        const bool is_pair =
            is_within(unit, 0xD800, 0xDBFF) && is_within(escaped_unit(text, place + 6), 0xDC00, 0xDFFF);
        if (!is_pair && is_within(unit, 0xD800, 0xDFFF)) text.replace(place + 2, 4, "fffd");
        place += is_pair ? 12 : 2;
    }
    return text;
}

/// What is wrong with `text`, or nothing when it is in `result` now.
std::string read(std::string_view text, std::size_t deepest, Json& result)
{
    if (const auto end = text.find('\0'); end != std::string_view::npos) // for the library all ends there
        return "not JSON at byte " + std::to_string(end + 1) + ": a NUL";
    Builder builder(deepest);
    if (!Library::sax_parse(text, &builder)) return builder.fault();
    result = std::move(builder.result);
    return {};
}

std::string read_patiently(std::string_view text, std::size_t deepest, Json& result)
{
    auto fault = read(text, deepest, result);
    if (fault.empty() ||
        (text.find("\\ud") == std::string_view::npos && text.find("\\uD") == std::string_view::npos))
        return fault;
    return read(without_lone_halves(std::string(text)), deepest, result);
}

} // namespace

// Here and not in the class: the member of an object is complete only behind it.
Json::Json(std::nullptr_t) {}
Json::Json(bool value) : value_(value) {}
Json::Json(double value) : value_(value) {}
Json::Json(std::string value) : value_(std::move(value)) {}
Json::Json(std::string_view value) : value_(std::string(value)) {}
Json::Json(const char* value) : value_(std::string(value)) {}
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

Json Json::object_of(Object members)
{
    Json result;
    result.value_ = has_twins(members) ? without_twins(std::move(members)) : std::move(members);
    return result;
}

Json Json::parse(std::string_view text, std::size_t deepest)
{
    Json result;
    if (const auto fault = read_patiently(text, deepest, result); !fault.empty())
        throw Error(Code::bad_request, fault);
    return result;
}

std::optional<Json> Json::try_parse(std::string_view text, std::size_t deepest)
{
    Json result;
    return read_patiently(text, deepest, result).empty() ? std::optional(std::move(result)) : std::nullopt;
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

bool Json::operator==(const Json& other) const
{
    return value_ == other.value_; // defaulted it is more than Clang 14 can take
}

} // namespace skerry::api
