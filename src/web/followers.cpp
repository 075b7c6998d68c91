#include "web/followers.hpp"

namespace skerry::web {

std::shared_ptr<const Presence> Followers::present_at(const std::filesystem::path& place)
{
    const std::lock_guard guard(mutex_);
    std::erase_if(present_, [](const auto& one) { return one.second.expired(); });
    auto& known = present_[place];
    if (auto presence = known.lock()) return presence;
    auto presence = std::make_shared<const Presence>(place);
    known = presence;
    return presence;
}

} // namespace skerry::web
