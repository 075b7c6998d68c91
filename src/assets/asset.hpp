#pragma once

#include "api/json.hpp"
#include "projects/project.hpp"
#include "util/clock.hpp"
#include "util/id.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace skerry::assets {

struct Asset;
using AssetId = Id<Asset>;

/// A file that a person brought into a project's public folder.
struct Asset {
    AssetId id{};
    projects::ProjectId project{};
    std::string name{};
    std::int64_t size = 0;             ///< bytes
    std::string state = "processing";  ///< then "ready" or "failed"
    std::optional<std::string> type{}; ///< told by its content: "image/png"
    std::optional<std::string> sha256{};
    std::optional<std::int64_t> width{};
    std::optional<std::int64_t> height{};
    std::optional<std::string> error{}; ///< why it failed
    Time created_at = 0;
    Time updated_at = 0;
};

/// {id, projectId, name, size, state, type, sha256, width, height, error, createdAt, updatedAt}
api::Json to_json(const Asset& asset);

/// What a file may be called here: the last part of a path, in letters, digits and . _ -, not hidden, 200
/// bytes at most. "file" when nothing is left.
std::string safe_name(std::string_view given);

} // namespace skerry::assets
