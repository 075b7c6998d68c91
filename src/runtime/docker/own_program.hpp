#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace skerry::runtime::docker {

/// How this program, or another that was linked like it, runs where there is nothing but the kernel: with its
/// own loader and libraries brought along. So a service that is skerry itself runs in any image.
struct OwnProgram {
    /// Files of this machine and where they have to be inside.
    std::vector<std::pair<std::filesystem::path, std::filesystem::path>> files;
    /// What goes before the program's path in its command; nothing for a static program.
    std::vector<std::string> launcher;
};

/// That of the running program, from what the loader has loaded into it.
OwnProgram own_program();

} // namespace skerry::runtime::docker
