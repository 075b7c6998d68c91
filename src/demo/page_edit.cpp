#include "demo/page_edit.hpp"

#include "demo/directives.hpp"
#include "demo/phrases.hpp"
#include "util/text.hpp"

namespace skerry::demo {
namespace {

using api::Json;

constexpr const char* page_file = "index.html";
constexpr std::size_t most_words = 300; // bytes

std::string words_for(std::string_view prompt)
{
    return one_line(quoted_words(prompt).value_or(std::string(prompt)), most_words);
}

bool has_once(std::string_view text, std::string_view part)
{
    const auto first = text.find(part);
    return first != std::string_view::npos && text.find(part, first + 1) == std::string_view::npos;
}

std::string paragraph(const std::string& words)
{
    return "<p>" + html_escaped(words) + "</p>";
}

Reply insert_above(std::string_view place, const std::string& words)
{
    return call("edit",
                Json::object({{"filePath", page_file},
                              {"oldString", place},
                              {"newString", paragraph(words) + "\n    " + std::string(place)}}),
                "Now I add the words. ");
}

Reply write_page(const std::string& words)
{
    const auto text = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" +
                      html_escaped(words) + "</title>\n<body>\n    " + paragraph(words) + "\n    " +
                      std::string(page_marker) + "\n</body>\n</html>\n";
    return call("write", Json::object({{"filePath", page_file}, {"content", text}}), "I write a new page. ");
}

/// A page that has no marker keeps what it has, if its end can be found.
Reply change_page(const std::string& page, const std::string& words)
{
    if (has_once(page, page_marker)) return insert_above(page_marker, words);
    if (has_once(page, "</body>")) return insert_above("</body>", words);
    return write_page(words);
}

Reply report(const std::string& result, const std::string& words)
{
    constexpr std::size_t longest = 200;
    if (after_phrase(result, "successfully"))
        return say("I put “" + words + "” on the page (" + page_file + ").");
    return say("I could not change the page: " + one_line(first_line(trim(result)), longest));
}

} // namespace

std::string html_escaped(std::string_view text)
{
    std::string escaped;
    for (const char letter : text) {
        if (letter == '&')
            escaped += "&amp;";
        else if (letter == '<')
            escaped += "&lt;";
        else if (letter == '>')
            escaped += "&gt;";
        else
            escaped += letter;
    }
    return escaped;
}

Reply edit_page(const Situation& now)
{
    const auto words = words_for(now.prompt);
    if (words.empty()) return say("Tell me what to put on the page.");
    if (!now.offers("read") || !now.offers("edit"))
        return say("Without tools I can only repeat it: " + words);
    if (now.results.empty())
        return call("read", Json::object({{"filePath", page_file}}), "I look at the page first. ");
    if (now.results.size() == 1) return change_page(now.results.front(), words);
    return report(now.results.back(), words);
}

} // namespace skerry::demo
