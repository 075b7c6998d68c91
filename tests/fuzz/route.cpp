#include "web/route.hpp"

#include "fuzz/property.hpp"

#include <algorithm>

/// The bytes: the path of an address. Whatever pattern it fits, the parts put back into the pattern give the
/// path again: nothing is lost, moved or understood twice.
namespace skerry::fuzz {
namespace {

/// The pattern with `parts` in place of its names.
std::string filled_in(std::string_view pattern, const std::vector<std::string>& parts)
{
    std::string path;
    auto part = parts.begin();
    while (!pattern.empty()) {
        if (pattern == "/*") return path + *part;
        const auto end = std::min(pattern.find('/', 1), pattern.size());
        const auto word = pattern.substr(1, end - 1);
        pattern.remove_prefix(end);
        const bool is_name = word.starts_with(':');
        if (is_name)
            require(!part->empty() && part->find('/') == std::string::npos, "a name stands for one part");
        path.append("/").append(is_name ? *part++ : word);
    }
    return path;
}

void check(const std::string& path)
{
    for (const auto& route : web::routes())
        if (const auto parts = web::matched(route.pattern, path))
            require(filled_in(route.pattern, *parts) == path, "the parts and the pattern make the path");
}

} // namespace
} // namespace skerry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    skerry::fuzz::check("/" + std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
