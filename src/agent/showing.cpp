#include "agent/showing.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace skerry::agent {

namespace {

constexpr std::string_view mask = "***";
constexpr std::size_t most_members = 100;
constexpr int most_levels = 8;
constexpr std::array<std::string_view, 3> key_marks{"sk-", "Bearer ", "Basic "};

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

/// Whether a mark begins at `at` and neither it nor the word behind it has ended.
bool may_become_key(std::string_view text, std::size_t at)
{
    if (at > 0 && is_key_letter(text[at - 1])) return false;
    const auto rest = text.substr(at);
    return std::any_of(key_marks.begin(), key_marks.end(), [&](std::string_view mark) {
        if (rest.size() < mark.size()) return mark.starts_with(rest);
        const auto word = rest.substr(mark.size());
        return rest.starts_with(mark) && std::all_of(word.begin(), word.end(), is_key_letter);
    });
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
    std::sort(secrets_.begin(), secrets_.end(),
              [](const auto& one, const auto& other) { return one.size() > other.size(); });
}

std::string Redaction::of(std::string text) const
{
    for (const auto& secret : secrets_) replace_all(text, secret);
    for (const auto mark : key_marks) mask_keys_after(text, mark);
    return text;
}

std::size_t Redaction::certain_until(std::string_view text, std::size_t from) const
{
    while (from < text.size()) {
        const auto rest = text.substr(from);
        if (may_become_secret(rest) || may_become_key(text, from)) break;
        from += std::max<std::size_t>(secret_at(rest), 1);
    }
    return from;
}

bool Redaction::may_become_secret(std::string_view rest) const
{
    return std::any_of(secrets_.begin(), secrets_.end(), [&](const std::string& secret) {
        return rest.size() < secret.size() && std::string_view(secret).starts_with(rest);
    });
}

/// How long the one is that begins here.
std::size_t Redaction::secret_at(std::string_view rest) const
{
    const auto found = std::find_if(secrets_.begin(), secrets_.end(),
                                    [&](const std::string& secret) { return rest.starts_with(secret); });
    return found == secrets_.end() ? 0 : found->size();
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
