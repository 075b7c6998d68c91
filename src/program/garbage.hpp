#pragma once

#include "api/json.hpp"
#include "app/app.hpp"
#include "db/connection.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::program {

/// Something of skerry's that belongs to no project (any more).
struct Orphan {
    enum class Kind { container, network, volume, image, folder };
    Kind kind = Kind::container;
    std::string name;      ///< of a folder its path
    std::string id;        ///< what the engine or the file system knows it by
    std::string project{}; ///< the id of the project that it belonged to, where that is known
    std::optional<std::uint64_t> bytes{};
};
std::string_view name_of(Orphan::Kind kind) noexcept;
/// {kind, name, projectId, bytes}
api::Json to_json(const Orphan& orphan);

struct Garbage {
    std::vector<Orphan> orphans{}; ///< in the order in which they can be removed
    std::string engine_fault{};    ///< why the engine was not asked; empty when it was
};

/// Looks for containers, networks and volumes of this data folder whose projects are gone, for images that
/// skerry built and has built anew since, and for folders of no project. Throws Error when the folders cannot
/// be read.
Garbage find_garbage(const App& app, db::Connection& db);

/// Removes one; one that is gone already is fine. Throws Error.
void remove(const Orphan& orphan);

} // namespace skerry::program
