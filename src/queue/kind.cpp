#include "queue/kind.hpp"

namespace skerry::queue {

const Kind* Kinds::find(std::string_view name) const noexcept
{
    for (const auto& kind : rows)
        if (kind.policy.kind == name) return &kind;
    return custom;
}

} // namespace skerry::queue
