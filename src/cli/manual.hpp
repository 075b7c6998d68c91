#pragma once

#include <string>
#include <string_view>

namespace skerry::cli {

/// The manual page skerry(1), as roff.
std::string manual_page();
/// The page of a noun: skerry-projects(1). Throws Error not_found.
std::string manual_page(std::string_view noun);

} // namespace skerry::cli
