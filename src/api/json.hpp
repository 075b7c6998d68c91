#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace skerry::api {

/// A JSON value. Reading is lenient, since most of what is read comes from outside: a missing
/// member is null, and a value of the wrong type gives the fallback.
class Json {
public:
    struct Member;
    using Array = std::vector<Json>;
    using Object = std::vector<Member>; ///< in the order of insertion

    Json() = default;
    Json(std::nullptr_t);                        // NOLINT(google-explicit-constructor)
    Json(bool value);                            // NOLINT(google-explicit-constructor)
    Json(double value);                          // NOLINT(google-explicit-constructor)
    Json(std::string value);                     // NOLINT(google-explicit-constructor)
    Json(std::string_view value);                // NOLINT(google-explicit-constructor)
    Json(const char* value);                     // NOLINT(google-explicit-constructor)
    Json(Array items);                           // NOLINT(google-explicit-constructor)
    Json(const std::vector<std::string>& texts); // NOLINT(google-explicit-constructor)
    template <std::integral T>
    requires(!std::same_as<T, bool>) Json(T value);        // NOLINT(google-explicit-constructor)
    template <class T> Json(const std::optional<T>& value) // NOLINT(google-explicit-constructor)
    {
        if (value) *this = Json(*value);
    }

    /// {{"id", id}, {"name", name}}
    static Json object(std::initializer_list<Member> members = {});
    static Json array();

    /// An object of these members; of those with one name the last counts.
    static Json object_of(Object members);

    /// Throws Error bad_request that says what is wrong and at which byte. At most `deepest` levels deep.
    /// Takes linear time (but for sorting names), whatever the text is. Half a surrogate pair becomes U+FFFD.
    static Json parse(std::string_view text, std::size_t deepest = 100);
    /// As parse, but nothing when the text is not JSON.
    static std::optional<Json> try_parse(std::string_view text, std::size_t deepest = 100);
    /// Without line breaks; indented by two with `pretty`. Bytes that are not UTF-8 become U+FFFD.
    [[nodiscard]] std::string dump(bool pretty = false) const;

    [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(value_); }
    [[nodiscard]] bool is_boolean() const noexcept { return std::holds_alternative<bool>(value_); }
    [[nodiscard]] bool is_integer() const noexcept { return std::holds_alternative<std::int64_t>(value_); }
    [[nodiscard]] bool is_number() const noexcept
    {
        return is_integer() || std::holds_alternative<double>(value_);
    }
    [[nodiscard]] bool is_text() const noexcept { return std::holds_alternative<std::string>(value_); }
    [[nodiscard]] bool is_array() const noexcept { return std::holds_alternative<Array>(value_); }
    [[nodiscard]] bool is_object() const noexcept { return std::holds_alternative<Object>(value_); }

    [[nodiscard]] bool boolean(bool fallback = false) const noexcept;
    [[nodiscard]] std::int64_t number(std::int64_t fallback = 0) const noexcept; ///< a fraction is cut off
    [[nodiscard]] double real(double fallback = 0) const noexcept;
    [[nodiscard]] std::string text(std::string_view fallback = {}) const;
    [[nodiscard]] std::string_view view() const noexcept; ///< the text, or empty
    [[nodiscard]] const Array& items() const noexcept;    ///< the array's, or none
    [[nodiscard]] const Object& members() const noexcept; ///< the object's, or none

    /// The member of that name, or null.
    const Json& operator[](std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;

    /// Adds or replaces a member; null becomes an object. Returns itself.
    Json& set(std::string_view name, Json value);
    /// Appends to an array; null becomes an array. Returns itself.
    Json& push(Json value);
    void remove(std::string_view name);

    bool operator==(const Json&) const;

private:
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct Json::Member {
    std::string name;
    Json value;
    bool operator==(const Member&) const = default;
};

// Here and not in the class: Clang wants the member of an object complete where it is assigned.
template <std::integral T>
requires(!std::same_as<T, bool>) Json::Json(T value)
{
    if (std::in_range<std::int64_t>(value))
        value_ = static_cast<std::int64_t>(value);
    else
        value_ = static_cast<double>(value); // as parse() does
}

} // namespace skerry::api
