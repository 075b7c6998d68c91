#include "assets/asset.hpp"

#include "util/text.hpp"

#include <algorithm>

namespace skerry::assets {
namespace {

bool is_plain(char letter) noexcept
{
    const auto code = static_cast<unsigned char>(letter);
    return code >= 0x80U || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
}

} // namespace

api::Json to_json(const Asset& asset)
{
    return api::Json::object({{"id", asset.id.value},
                              {"projectId", asset.project.value},
                              {"name", asset.name},
                              {"size", asset.size},
                              {"state", asset.state},
                              {"type", asset.type},
                              {"sha256", asset.sha256},
                              {"width", asset.width},
                              {"height", asset.height},
                              {"error", asset.error},
                              {"createdAt", asset.created_at},
                              {"updatedAt", asset.updated_at}});
}

std::string safe_name(std::string_view given)
{
    constexpr std::size_t longest = 200;
    const auto last = given.find_last_of("/\\");
    auto name = well_formed(last == std::string_view::npos ? given : given.substr(last + 1));
    std::replace_if(
        name.begin(), name.end(), [](char letter) { return !is_plain(letter); }, '-');
    name.erase(0, name.find_first_not_of('.'));
    if (name.size() > longest) { // its end says what it is
        const auto dot = name.rfind('.');
        constexpr std::size_t longest_end = 20;
        const auto end = dot != std::string::npos && name.size() - dot <= longest_end ? name.substr(dot) : "";
        name = std::string(clip(name, longest - end.size())) + end;
    }
    return name.empty() ? "file" : name;
}

} // namespace skerry::assets
