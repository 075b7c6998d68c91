#pragma once

#include "api/json.hpp"
#include "app/settings.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::program {

enum class Verdict { ok, warn, fail };
std::string_view name_of(Verdict verdict) noexcept;

/// One thing looked at.
struct Check {
    std::string name;
    Verdict verdict = Verdict::ok;
    std::string finding;
    std::string hint{}; ///< how to put it right
};
/// {name, verdict, finding, hint?}
api::Json to_json(const Check& check);

/// Looks at all that skerry needs of this machine. `fail`: something that is needed is missing. Throws
/// nothing because of what it finds.
std::vector<Check> examine(const std::filesystem::path& data, const Settings& settings);

} // namespace skerry::program
