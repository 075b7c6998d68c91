#include "agent/showing.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace skerry::agent {

namespace {

constexpr std::string_view mask = "***";
constexpr std::size_t most_members = 100;
constexpr int most_levels = 8;
constexpr std::size_t shortest_secret = 6; // a shorter one would mask ordinary text

bool is_key_letter(char letter) noexcept
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
}

/// Long, with a digit: no word of a language.
bool looks_like_key(std::string_view word)
{
    constexpr std::size_t shortest = 16;
    return word.size() >= shortest && word.find_first_of("0123456789") != std::string_view::npos;
}

/// Masks the word that follows each `mark` where it looks like a key.
void mask_keys_after(std::string& text, std::string_view mark)
{
    std::size_t from = 0;
    while ((from = text.find(mark, from)) != std::string::npos) {
        const bool begins_word = from == 0 || !is_key_letter(text[from - 1]);
        const auto begin = from + mark.size();
        auto end = begin;
        while (end < text.size() && is_key_letter(text[end])) ++end;
        if (begins_word && looks_like_key(std::string_view(text).substr(begin, end - begin))) {
            text.replace(begin, end - begin, mask);
        }
        from = begin;
    }
}

void replace_all(std::string& text, const std::string& secret)
{
    std::size_t from = 0;
    while ((from = text.find(secret, from)) != std::string::npos) {
        text.replace(from, secret.size(), mask);
        from += mask.size();
    }
}

/// "responseHeaders", "api_key" and "API-Key" are one name each, written differently.
std::string plain_name(std::string_view name)
{
    std::string plain;
    for (const char letter : name) {
        if (letter == '-' || letter == '_') continue;
        plain += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return plain;
}

bool names_credential(std::string_view name)
{
    constexpr std::array<std::string_view, 9> names = {"authorization", "apikey",          "password",
                                                       "passwd",        "cookie",          "setcookie",
                                                       "secret",        "responseheaders", "accesstoken"};
    const auto plain = plain_name(name);
    return std::any_of(names.begin(), names.end(), [&](auto one) { return plain.ends_with(one); });
}

api::Json clipped_within(const api::Json& value, std::size_t text_bytes, int levels)
{
    if (value.is_text()) {
        const auto text = value.view();
        return text.size() <= text_bytes ? value : api::Json(std::string(clip(text, text_bytes)) + "…");
    }
    if (!value.is_array() && !value.is_object()) return value;
    if (levels == 0) return "…";
    if (value.is_array()) {
        api::Json::Array items;
        for (const auto& item : value.items()) {
            if (items.size() == most_members) break;
            items.push_back(clipped_within(item, text_bytes, levels - 1));
        }
        return items;
    }
    auto object = api::Json::object();
    for (const auto& member : value.members()) {
        if (object.members().size() == most_members) break;
        object.set(clip(member.name, 200), clipped_within(member.value, text_bytes, levels - 1));
    }
    return object;
}

} // namespace

Redaction::Redaction(std::vector<std::string> secrets) : secrets_(std::move(secrets))
{
    std::erase_if(secrets_, [](const auto& secret) { return secret.size() < shortest_secret; });
}

std::string Redaction::of(std::string text) const
{
    for (const auto& secret : secrets_) replace_all(text, secret);
    for (const auto* mark : {"sk-", "Bearer ", "Basic "}) mask_keys_after(text, mark);
    return text;
}

api::Json Redaction::of(const api::Json& value) const
{
    if (value.is_text()) return of(value.text());
    if (value.is_array()) {
        api::Json::Array items;
        for (const auto& item : value.items()) items.push_back(of(item));
        return items;
    }
    if (!value.is_object()) return value;
    auto object = api::Json::object();
    for (const auto& member : value.members()) {
        object.set(member.name, names_credential(member.name) ? api::Json(mask) : of(member.value));
    }
    return object;
}

api::Json clipped(const api::Json& value, std::size_t text_bytes)
{
    return clipped_within(value, text_bytes, most_levels);
}

std::string without_middle(std::string_view text, std::size_t bytes)
{
    if (text.size() <= bytes) return std::string(text);
    const auto head = clip(text, bytes / 3);
    auto tail = text.substr(text.size() - bytes * 2 / 3);
    while (!tail.empty() && (static_cast<unsigned char>(tail.front()) & 0xC0U) == 0x80U)
        tail.remove_prefix(1);
    const auto left_out = text.size() - head.size() - tail.size();
    return std::string(head) + "\n… " + std::to_string(left_out) + " bytes left out …\n" + std::string(tail);
}

std::string relative_to(const std::string& folder, const std::string& path)
{
    if (folder.empty() || !path.starts_with(folder)) return path;
    if (path.size() > folder.size() && path[folder.size()] == '/') return path.substr(folder.size() + 1);
    return path == folder ? "." : path;
}

} // namespace skerry::agent
