#pragma once

#include "util/error.hpp"
#include "util/files.hpp"

#include <filesystem>
#include <string>

namespace skerry {

/// A folder of files that came with skerry ("templates"): beside the installed program (prefix/bin,
/// prefix/share/skerry) or in the source tree it was built in. Throws Error unavailable when it is not there.
inline std::filesystem::path shared_folder(const std::string& name)
{
    const auto program = program_folder();
    for (const auto& share : {program / "../share/skerry", program / "../share"})
        if (std::filesystem::is_directory(share / name)) return std::filesystem::canonical(share / name);
    throw Error(Code::unavailable, "the " + name + " that belong to skerry are not beside the program",
                {.hint = "install it with meson install"});
}

} // namespace skerry
