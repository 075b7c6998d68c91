#include "demo/scripted_model.hpp"

#include "demo/directives.hpp"
#include "demo/page_edit.hpp"
#include "demo/phrases.hpp"
#include "demo/situation.hpp"
#include "util/text.hpp"

namespace skerry::demo {
namespace {

Reply make_title(const Situation& now)
{
    constexpr std::size_t longest = 48;
    const auto title = one_line(now.prompt, longest);
    return {.text = title.empty() ? "A new conversation" : title, .title = true};
}

} // namespace

std::string_view name_of(Reply::Kind kind) noexcept
{
    switch (kind) {
    case Reply::Kind::text: return "text";
    case Reply::Kind::tools: return "tools";
    case Reply::Kind::failure: return "failure";
    case Reply::Kind::drop: return "drop";
    case Reply::Kind::malformed: return "malformed";
    case Reply::Kind::hang: return "hang";
    case Reply::Kind::slow: return "slow";
    }
    return "text";
}

Reply plan(const api::Json& request)
{
    const auto now = understand(request);
    if (after_phrase(now.system, "title generator")) return make_title(now);
    if (after_phrase(now.system, "context summarization agent"))
        return say("## Goal\nWhat the user asked for.\n\n## Progress\nThe steps so far were done.");
    if (after_phrase(now.prompt, "continue if you have next steps"))
        return say("There is nothing left to do.");
    if (auto reply = follow_directive(now)) return *reply;
    return edit_page(now);
}

} // namespace skerry::demo
