#include "projects/slug.hpp"

#include "util/text.hpp"

#include <cctype>
#include <vector>

namespace skerry::projects {

std::string slug_of(std::string_view name)
{
    constexpr std::size_t longest = 40;
    std::string slug;
    for (const char letter : name) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x80U && std::isalnum(byte) != 0)
            slug += static_cast<char>(std::tolower(byte));
        else if (!slug.empty() && slug.back() != '-')
            slug += '-';
        if (slug.size() == longest) break;
    }
    while (!slug.empty() && slug.back() == '-') slug.pop_back();
    return slug.empty() ? "project" : slug;
}

std::string name_from_prompt(std::string_view prompt)
{
    constexpr std::size_t most_words = 5;
    constexpr std::size_t longest = 40;
    std::vector<std::string> words;
    for (const auto& word : split(one_line(prompt, 200), ' '))
        if (!word.empty() && words.size() < most_words) words.push_back(word);
    const std::string name(trim(clip(join(words, " "), longest)));
    return name.empty() ? "project" : name;
}

} // namespace skerry::projects
