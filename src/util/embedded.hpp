#pragma once

#include <string_view>
#include <vector>

namespace skerry {

/// A file that is part of the program (scripts/embed.py).
struct EmbeddedFile {
    std::string_view name;
    std::string_view content;
};

} // namespace skerry
