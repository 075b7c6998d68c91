#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::cli {

/// The candidate that `word` was probably meant to be, or empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

} // namespace skerry::cli
