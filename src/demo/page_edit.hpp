#pragma once

#include "demo/scripted_model.hpp"
#include "demo/situation.hpp"

#include <string>
#include <string_view>

namespace skerry::demo {

/// The line of a template's index.html above which the model adds what it is asked for.
inline constexpr std::string_view page_marker = "<!-- agent: new content goes above this line -->";

/// The next step of putting the prompt's words on the page: read it, change it, say so.
Reply edit_page(const Situation& now);

/// `text` for a place between HTML tags.
std::string html_escaped(std::string_view text);

} // namespace skerry::demo
