#include "queue/kind.hpp"

#include <algorithm>

namespace skerry::queue {

const Kind* find_kind(std::span<const Kind> kinds, std::string_view name) noexcept
{
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.policy.kind == name; });
    return found == kinds.end() ? nullptr : &*found;
}

} // namespace skerry::queue
