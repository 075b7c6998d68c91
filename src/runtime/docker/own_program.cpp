#include "runtime/docker/own_program.hpp"

#include "util/files.hpp"

#include <cstring>
#include <link.h>
#include <optional>

namespace skerry::runtime::docker {
namespace {

namespace fs = std::filesystem;

const fs::path folder_inside = "/opt/skerry/lib";

struct Loaded {
    std::optional<fs::path> loader; ///< the one that the program asks for
    std::vector<fs::path> libraries;
};

int note(dl_phdr_info* object, std::size_t, void* result)
{
    auto& loaded = *static_cast<Loaded*>(result);
    const std::string_view name = object->dlpi_name;
    if (name.starts_with('/')) loaded.libraries.emplace_back(name); // not the program, not the kernel's own
    for (int at = 0; at < object->dlpi_phnum; ++at) {
        const auto& header = object->dlpi_phdr[at];
        if (name.empty() && header.p_type == PT_INTERP)
            loaded.loader = reinterpret_cast<const char*>(object->dlpi_addr + header.p_vaddr);
    }
    return 0;
}

} // namespace

OwnProgram own_program()
{
    Loaded loaded;
    ::dl_iterate_phdr(note, &loaded);
    OwnProgram program;
    program.files.emplace_back(program_path(), program_path());
    if (!loaded.loader) return program;
    const auto loader = folder_inside / "loader";
    program.files.emplace_back(fs::canonical(*loaded.loader), loader);
    for (const auto& library : loaded.libraries)
        if (!fs::equivalent(library, *loaded.loader))
            program.files.emplace_back(fs::canonical(library), folder_inside / library.filename());
    program.launcher = {loader.native(), "--library-path", folder_inside.native()};
    return program;
}

} // namespace skerry::runtime::docker
