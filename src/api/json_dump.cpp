#include "api/json.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace skerry::api {
namespace {

/// Writes the text of a value behind what `out` holds.
class Writer {
public:
    Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

    void write(const Json& value)
    {
        if (value.is_text())
            write_text(value.view());
        else if (value.is_object())
            write_all(value.members(), '{', '}');
        else if (value.is_array())
            write_all(value.items(), '[', ']');
        else if (value.is_integer())
            write_number(value.number());
        else if (value.is_number())
            write_real(value.real());
        else if (value.is_boolean())
            out_ += value.boolean() ? "true" : "false";
        else
            out_ += "null";
    }

private:
    void write(const Json::Member& member)
    {
        write_text(member.name);
        out_ += pretty_ ? ": " : ":";
        write(member.value);
    }

    template <class Items> void write_all(const Items& items, char first, char last)
    {
        out_ += first;
        ++level_;
        for (const auto& item : items) {
            if (&item != &items.front()) out_ += ',';
            break_line();
            write(item);
        }
        --level_;
        if (!items.empty()) break_line();
        out_ += last;
    }

    void break_line()
    {
        if (pretty_) out_.append(1, '\n').append(2 * level_, ' ');
    }

    template <class Number> std::string_view digits_of(Number value)
    {
        const auto [end, fault] = std::to_chars(digits_.data(), digits_.data() + digits_.size(), value);
        return {digits_.data(), static_cast<std::size_t>(end - digits_.data())};
    }

    void write_number(std::int64_t value) { out_ += digits_of(value); }

    void write_real(double value)
    {
        if (!std::isfinite(value)) { // JSON has no such numbers
            out_ += "null";
            return;
        }
        const auto digits = digits_of(value);
        out_ += digits;
        if (digits.find_first_of(".e") == std::string_view::npos)
            out_ += ".0"; // to be read as a fraction again
    }

    void write_text(std::string_view text)
    {
        if (!is_utf8(text)) return write_text(well_formed(text));
        out_ += '"';
        while (!text.empty()) {
            const auto* const special = std::find_if(text.begin(), text.end(), is_special);
            const auto plain = static_cast<std::size_t>(special - text.begin());
            out_ += text.substr(0, plain);
            text.remove_prefix(plain);
            if (text.empty()) break;
            write_escape(text[0]);
            text.remove_prefix(1);
        }
        out_ += '"';
    }

    static bool is_special(char letter) noexcept
    {
        return static_cast<unsigned char>(letter) < 0x20U || letter == '"' || letter == '\\';
    }

    void write_escape(char letter)
    {
        constexpr std::string_view letters = "\"\\\b\f\n\r\t";
        constexpr std::string_view names = "\"\\bfnrt";
        constexpr std::string_view digits = "0123456789abcdef";
        out_ += '\\';
        if (const auto place = letters.find(letter); place != std::string_view::npos) {
            out_ += names[place];
            return;
        }
        const auto byte = static_cast<unsigned char>(letter);
        out_.append("u00").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }

    std::string& out_;
    bool pretty_;
    std::size_t level_ = 0;
    std::array<char, 32> digits_{};
};

} // namespace

std::string Json::dump(bool pretty) const
{
    std::string text;
    text.reserve(is_object() || is_array() ? 256 : 0);
    Writer(text, pretty).write(*this);
    return text;
}

} // namespace skerry::api
