#include "web/route.hpp"

namespace skerry::web {
namespace {

/// Takes the first part off a path: "api" off "/api/projects".
std::string_view take_part(std::string_view& path)
{
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const auto part = path.substr(0, end);
    path.remove_prefix(end);
    return part;
}

} // namespace

std::optional<std::vector<std::string>> matched(std::string_view pattern, std::string_view path)
{
    std::vector<std::string> parts;
    while (!pattern.empty()) {
        if (pattern == "/*") {
            parts.emplace_back(path);
            return parts;
        }
        if (path.empty()) return std::nullopt;
        const auto wanted = take_part(pattern);
        const auto given = take_part(path);
        if (wanted.starts_with(':') && !given.empty())
            parts.emplace_back(given);
        else if (wanted != given)
            return std::nullopt;
    }
    return path.empty() ? std::optional(parts) : std::nullopt;
}

} // namespace skerry::web
