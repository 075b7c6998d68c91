#include "runtime/docker/yaml.hpp"

#include "util/text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace skerry::runtime::docker {
namespace {

using api::Json;

/// The character that begins at `at`, which moves behind it. The text is well-formed.
std::uint32_t take_character(std::string_view text, std::size_t& at)
{
    const auto first = static_cast<unsigned char>(text[at++]);
    if (first < 0x80U) return first;
    const int more = first >= 0xF0U ? 3 : first >= 0xE0U ? 2 : 1;
    std::uint32_t character = first & (0x3FU >> static_cast<unsigned>(more));
    for (int count = 0; count < more && at < text.size(); ++count)
        character = (character << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    return character;
}

std::string in_quotes(std::string_view given)
{
    const auto text = well_formed(given);
    std::string quoted = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const auto character = take_character(text, at);
        if (character == '"' || character == '\\') quoted += '\\';
        if (character >= 0x20U && character < 0x7FU) {
            quoted += static_cast<char>(character);
            continue;
        }
        std::array<char, 12> escape{};
        std::snprintf(escape.data(), escape.size(), character < 0x10000U ? "\\u%04X" : "\\U%08X", character);
        quoted += escape.data();
    }
    return quoted + '"';
}

bool is_plain(const Json& value)
{
    return !value.is_object() && !value.is_array();
}

std::string plain(const Json& value)
{
    return value.is_text() ? in_quotes(value.view()) : value.dump();
}

void write(std::string& text, const Json& value, std::size_t depth);

/// What stands behind a "name:" or a "-".
void write_behind(std::string& text, const Json& value, std::size_t depth)
{
    if (is_plain(value)) {
        text += " " + plain(value) + "\n";
    } else if (value.is_object() && value.members().empty()) {
        text += " {}\n";
    } else {
        write(text, value, depth);
    }
}

void write_list(std::string& text, const Json& list, std::size_t depth)
{
    bool short_list = true;
    for (const auto& item : list.items()) short_list = short_list && is_plain(item);
    if (short_list) {
        std::vector<std::string> items;
        for (const auto& item : list.items()) items.push_back(plain(item));
        text += " [" + join(items, ", ") + "]\n";
        return;
    }
    text += "\n";
    for (const auto& item : list.items()) {
        text += std::string(2 * depth, ' ') + "-";
        write_behind(text, item, depth + 1);
    }
}

void write(std::string& text, const Json& value, std::size_t depth)
{
    if (value.is_array()) return write_list(text, value, depth);
    if (depth != 0) text += "\n";
    for (const auto& [name, member] : value.members()) {
        text += std::string(2 * depth, ' ') + in_quotes(name) + ":";
        write_behind(text, member, depth + 1);
    }
}

} // namespace

std::string yaml_of(const Json& value)
{
    std::string text;
    if (is_plain(value)) return plain(value) + "\n";
    write(text, value, 0);
    return text;
}

} // namespace skerry::runtime::docker
