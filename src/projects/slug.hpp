#pragma once

#include <string>
#include <string_view>

namespace skerry::projects {

/// The name as lower-case words joined by '-', at most 40 characters: "My App!" -> "my-app". Letters with
/// accents and other scripts are left out; nothing left gives "project".
std::string slug_of(std::string_view name);

/// The first words of a prompt as a name for people: at most five words and 40 bytes.
std::string name_from_prompt(std::string_view prompt);

} // namespace skerry::projects
