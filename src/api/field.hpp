#pragma once

#include "api/json.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// A struct declares its fields once, next to it:
///
///     struct CreateProject { std::string prompt; std::optional<std::string> name; };
///     constexpr auto fields(Tag<CreateProject>)
///     {
///         return std::array{
///             field<&CreateProject::prompt>("prompt", "What the agent is asked to build", {.positional =
///             true, .max = 20'000}), field<&CreateProject::name>("name", "What people call it", {.max =
///             80}),
///         };
///     }
///
/// From it come JSON in and out, checks that name each wrong field, command line options, HTTP input, OpenAPI
/// and the manual. Type, required or optional, and default follow from the member.
namespace skerry::api {

template <class T> struct Tag {
};

enum class Kind { text, number, boolean, list };

/// What a value must keep to, and how it looks on the command line.
struct Rule {
    bool positional = false;      ///< given by place, not by --name
    std::int64_t min = 0;         ///< of a number; bytes of a text; entries of a list
    std::int64_t max = 1'000'000; ///< likewise
    std::string_view one_of{};    ///< "allow|ask|deny": the text, or each entry, is one of these; empty: any
    char letter = 0;              ///< a short form: 'n' for -n
    std::string_view placeholder{}; ///< what the value is called in help: "FILE"
    bool hidden = false;            ///< not in help, manual and OpenAPI
    bool behind_dashes = false;     ///< a list of the words behind "--", exactly as they are
    bool whole = false;             ///< a list whose option is repeated: a comma does not part entries
};

/// One field of some struct, with the type of the struct erased.
struct Field {
    std::string_view name; ///< camelCase, as in JSON
    std::string_view help;
    Rule rule;
    Kind kind;
    bool required;
    Json (*get)(const void* object);
    void (*set)(void* object, const Json& value); ///< the value has been checked
};

namespace detail {

template <class T> struct Unwrap {
    using type = T;
};
template <class T> struct Unwrap<std::optional<T>> {
    using type = T;
};

template <class> struct MemberOf;
template <class Class, class Value> struct MemberOf<Value Class::*> {
    using Owner = Class;
    using Type = Value;
    using Plain = typename Unwrap<Value>::type;
    static constexpr bool optional = !std::is_same_v<Value, Plain>;
};

template <class T> constexpr Kind kind_of()
{
    if constexpr (std::is_same_v<T, bool>)
        return Kind::boolean;
    else if constexpr (std::is_integral_v<T>)
        return Kind::number;
    else if constexpr (std::is_same_v<T, std::string> || requires(T id) { id.value; })
        return Kind::text;
    else
        return Kind::list;
}

template <class T> Json plain_to_json(const T& value)
{
    if constexpr (requires { value.value; } && !std::is_same_v<T, std::string>)
        return Json(value.value);
    else
        return Json(value);
}

template <class T> T plain_from_json(const Json& json)
{
    if constexpr (std::is_same_v<T, bool>)
        return json.boolean();
    else if constexpr (std::is_integral_v<T>)
        return static_cast<T>(json.number());
    else if constexpr (kind_of<T>() == Kind::text)
        return T(json.text());
    else {
        T list;
        for (const auto& item : json.items()) list.push_back(item.text());
        return list;
    }
}

} // namespace detail

/// Declares the member as a field. `required`: a text that may not be empty and is not optional; a default in
/// the struct meets it.
template <auto Member> constexpr Field field(std::string_view name, std::string_view help, Rule rule = {})
{
    using Info = detail::MemberOf<decltype(Member)>;
    using Plain = typename Info::Plain;
    constexpr Kind kind = detail::kind_of<Plain>();
    return {name,
            help,
            rule,
            kind,
            !Info::optional && kind == Kind::text && rule.min > 0,
            [](const void* object) -> Json {
                const auto& value = static_cast<const typename Info::Owner*>(object)->*Member;
                if constexpr (Info::optional)
                    return value ? detail::plain_to_json(*value) : Json();
                else
                    return detail::plain_to_json(value);
            },
            [](void* object, const Json& value) {
                static_cast<typename Info::Owner*>(object)->*Member = detail::plain_from_json<Plain>(value);
            }};
}

/// Sets the fields of `object` from the members of `input`, all checked; null is as good as absent. Throws
/// Error bad_request that names every wrong or missing field at once, and unknown ones, of which 20 at most.
void read(std::span<const Field> fields, void* object, const Json& input);

/// The fields of `object` in order; absent optionals are null.
Json write(std::span<const Field> fields, const void* object);

/// "max-cost" for "maxCost": how a field is called on the command line.
std::string option_name(std::string_view name);

template <class T> T from_json(const Json& input)
{
    static constexpr auto declared = fields(Tag<T>{});
    auto object = T(); // every member has a value, also one without a default
    read(declared, &object, input);
    return object;
}

template <class T>
requires requires
{
    fields(Tag<T>{});
}
Json to_json(const T& object)
{
    static constexpr auto declared = fields(Tag<T>{});
    return write(declared, &object);
}

/// The declared fields of T, for as long as the program runs.
template <class T> std::span<const Field> fields_of()
{
    static constexpr auto declared = fields(Tag<T>{});
    return declared;
}

/// For structs without fields.
constexpr std::array<Field, 0> no_fields{};

} // namespace skerry::api
