#include "api/field.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <cctype>

namespace skerry::api {
namespace {

std::string_view name_of(Kind kind)
{
    switch (kind) {
    case Kind::text: return "a text";
    case Kind::number: return "a whole number";
    case Kind::boolean: return "true or false";
    case Kind::list: return "a list of texts";
    }
    return "";
}

bool fits(Kind kind, const Json& value)
{
    switch (kind) {
    case Kind::text: return value.is_text();
    case Kind::number: return value.is_integer();
    case Kind::boolean: return value.is_boolean();
    case Kind::list:
        return value.is_array() && std::all_of(value.items().begin(), value.items().end(),
                                               [](const Json& item) { return item.is_text(); });
    }
    return false;
}

std::int64_t size_of(Kind kind, const Json& value)
{
    if (kind == Kind::number) return value.number();
    return static_cast<std::int64_t>(kind == Kind::list ? value.items().size() : value.view().size());
}

bool is_one_of(std::string_view choices, std::string_view value)
{
    const auto words = split(choices, '|');
    return std::find(words.begin(), words.end(), value) != words.end();
}

std::string out_of_range(const Field& field)
{
    const auto unit = field.kind == Kind::text ? " bytes" : field.kind == Kind::list ? " entries" : "";
    const auto& rule = field.rule;
    if (field.kind != Kind::number && rule.min == 1)
        return "must not be empty or longer than " + std::to_string(rule.max) + unit;
    return "must be " + std::to_string(rule.min) + " to " + std::to_string(rule.max) + unit;
}

/// What is wrong with a text, be it the value or an entry of it, or nothing.
std::string fault_of_text(const Rule& rule, std::string_view text)
{
    if (!is_utf8(text)) return "is not valid UTF-8";
    if (text.find('\0') != std::string_view::npos) return "holds a NUL character";
    if (!rule.one_of.empty() && !is_one_of(rule.one_of, text))
        return "must be one of " + join(split(rule.one_of, '|'), ", ");
    return {};
}

std::string fault_of_entries(const Rule& rule, const Json& list)
{
    for (const auto& item : list.items())
        if (auto fault = fault_of_text(rule, item.view()); !fault.empty())
            return "has an entry that " + fault;
    return {};
}

/// What is wrong with the value, or nothing.
std::string fault_of(const Field& field, const Json& value)
{
    if (!fits(field.kind, value)) return "must be " + std::string(name_of(field.kind));
    if (field.kind == Kind::boolean) return {};
    const auto size = size_of(field.kind, value);
    if (size < field.rule.min || size > field.rule.max) return out_of_range(field);
    if (field.kind == Kind::text) return fault_of_text(field.rule, value.view());
    return field.kind == Kind::list ? fault_of_entries(field.rule, value) : std::string();
}

const Field* find(std::span<const Field> fields, std::string_view name)
{
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

std::string summary_of(const std::vector<FieldError>& wrong)
{
    std::string summary;
    for (const auto& [field, message] : wrong)
        summary.append(summary.empty() ? "" : "; ").append(field).append(" ").append(message);
    return summary;
}

std::vector<FieldError> unknown_members(std::span<const Field> fields, const Json& input)
{
    constexpr std::size_t most = 20; // whoever sends thousands does not read the answer
    std::vector<FieldError> unknown;
    for (const auto& member : input.members())
        if (find(fields, member.name) == nullptr && unknown.size() < most)
            unknown.push_back({one_line(member.name, 80), "is unknown"});
    return unknown;
}

/// Sets the field unless the value is absent or wrong; says what is wrong.
std::string set_checked(const Field& field, void* object, const Json& value)
{
    if (value.is_null())
        return field.required && field.get(object).view().empty() ? "is missing" : std::string();
    auto fault = fault_of(field, value);
    if (fault.empty()) field.set(object, value);
    return fault;
}

} // namespace

void read(std::span<const Field> fields, void* object, const Json& input)
{
    if (!input.is_object()) throw Error(Code::bad_request, "the input must be a JSON object");
    auto wrong = unknown_members(fields, input);
    for (const auto& field : fields) {
        auto fault = set_checked(field, object, input[field.name]);
        if (!fault.empty()) wrong.push_back({std::string(field.name), std::move(fault)});
    }
    if (!wrong.empty()) throw Error(Code::bad_request, summary_of(wrong), {.fields = wrong});
}

Json write(std::span<const Field> fields, const void* object)
{
    auto result = Json::object();
    for (const auto& field : fields) result.set(field.name, field.get(object));
    return result;
}

std::string option_name(std::string_view name)
{
    std::string result;
    for (const char letter : name) {
        const auto byte = static_cast<unsigned char>(letter);
        if (std::isupper(byte) != 0) result += '-';
        result += static_cast<char>(std::tolower(byte));
    }
    return result;
}

} // namespace skerry::api
