#include "demo/situation.hpp"

#include <algorithm>

namespace skerry::demo {
namespace {

/// A message's text, which is either a text or a list of parts.
std::string text_of(const api::Json& message)
{
    const auto& content = message["content"];
    if (content.is_text()) return content.text();
    std::string text;
    for (const auto& part : content.items()) {
        if (part["type"].view() != "text") continue;
        if (!text.empty()) text += '\n';
        text += part["text"].view();
    }
    return text;
}

} // namespace

bool Situation::offers(std::string_view tool) const
{
    return std::find(tools.begin(), tools.end(), tool) != tools.end();
}

Situation understand(const api::Json& request)
{
    Situation now;
    for (const auto& message : request["messages"].items()) {
        const auto role = message["role"].view();
        if (role == "system") now.system += text_of(message) + "\n";
        if (role == "assistant") ++now.steps;
        if (role == "tool") now.results.push_back(text_of(message));
        if (role != "user") continue;
        now.prompt = text_of(message);
        ++now.prompts;
        now.steps = 0;
        now.results.clear();
    }
    for (const auto& tool : request["tools"].items()) now.tools.push_back(tool["function"]["name"].text());
    return now;
}

} // namespace skerry::demo
