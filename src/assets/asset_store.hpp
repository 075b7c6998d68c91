#pragma once

#include "assets/asset.hpp"
#include "db/connection.hpp"

#include <optional>
#include <string_view>
#include <vector>

/// Every statement about assets.
namespace skerry::assets {

std::optional<Asset> find(db::Connection& db, const AssetId& id);
/// By name or id. Throws Error not_found.
Asset require(db::Connection& db, const projects::ProjectId& project, std::string_view reference);
/// By name.
std::vector<Asset> list(db::Connection& db, const projects::ProjectId& project);
/// In place of one of that name, if there is one.
void put(db::Connection& db, const Asset& asset);
/// What processing found out.
void update(db::Connection& db, const Asset& asset);
void rename(db::Connection& db, const AssetId& id, const std::string& name);
void remove(db::Connection& db, const AssetId& id);

} // namespace skerry::assets
