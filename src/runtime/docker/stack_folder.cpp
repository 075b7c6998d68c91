#include "runtime/docker/stack_folder.hpp"

#include "runtime/stack_file.hpp"
#include "util/files.hpp"

namespace skerry::runtime::docker {

namespace fs = std::filesystem;

std::optional<Stack> StackFolder::stack() const
{
    if (!fs::exists(stack_file(folder_))) return std::nullopt;
    return read_plan(folder_).stack;
}

void StackFolder::keep(const Stack& stack) const
{
    make_private_folder(folder_);
    write_file(stack_file(folder_), to_text(Plan{.stack = stack}));
}

bool StackFolder::is_wanted() const
{
    return fs::exists(folder_ / "up");
}

void StackFolder::set_wanted(bool wanted) const
{
    if (wanted)
        write_file(folder_ / "up", "");
    else
        fs::remove(folder_ / "up");
}

} // namespace skerry::runtime::docker
