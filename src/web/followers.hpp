#pragma once

#include "util/presence.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

namespace skerry::web {

/// Those who follow projects over HTTP: however many follow one, it holds one descriptor. Any thread.
class Followers {
public:
    /// Somebody is at the place for as long as what is returned lives. Throws Error.
    std::shared_ptr<const Presence> present_at(const std::filesystem::path& place);

private:
    std::mutex mutex_;
    std::map<std::filesystem::path, std::weak_ptr<const Presence>> present_;
};

} // namespace skerry::web
