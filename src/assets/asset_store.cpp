#include "assets/asset_store.hpp"

#include "util/error.hpp"

namespace skerry::assets {
namespace {

#define SKERRY_ASSET_COLUMNS                                                                                 \
    "select id, project_id, name, size, state, type, sha256, width, height, error, created_at, updated_at"   \
    " from assets "

Asset asset_of(const db::Query& row)
{
    return {.id = row.id<Asset>(0),
            .project = row.id<projects::Project>(1),
            .name = row.text(2),
            .size = row.number(3),
            .state = row.text(4),
            .type = row.text_if_any(5),
            .sha256 = row.text_if_any(6),
            .width = row.number_if_any(7),
            .height = row.number_if_any(8),
            .error = row.text_if_any(9),
            .created_at = row.number(10),
            .updated_at = row.number(11)};
}

} // namespace

std::optional<Asset> find(db::Connection& db, const AssetId& id)
{
    db::Query row(db, SKERRY_ASSET_COLUMNS "where id = ?1", id);
    return row.next() ? std::optional(asset_of(row)) : std::nullopt;
}

Asset require(db::Connection& db, const projects::ProjectId& project, std::string_view reference)
{
    db::Query row(db, SKERRY_ASSET_COLUMNS "where project_id = ?1 and (name = ?2 or id = ?2)", project,
                  reference);
    if (row.next()) return asset_of(row);
    throw Error(Code::not_found, "the project has no asset '" + std::string(reference) + "'");
}

std::vector<Asset> list(db::Connection& db, const projects::ProjectId& project)
{
    std::vector<Asset> found;
    db::Query row(db, SKERRY_ASSET_COLUMNS "where project_id = ?1 order by name", project);
    while (row.next()) found.push_back(asset_of(row));
    return found;
}

void put(db::Connection& db, const Asset& asset)
{
    db::execute(db, "delete from assets where project_id = ?1 and name = ?2", asset.project, asset.name);
    db::execute(db,
                "insert into assets(id, project_id, name, size, state, created_at, updated_at)"
                " values (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
                asset.id, asset.project, asset.name, asset.size, asset.state, asset.created_at);
}

void update(db::Connection& db, const Asset& asset)
{
    db::execute(db,
                "update assets set size = ?2, state = ?3, type = ?4, sha256 = ?5, width = ?6, height = ?7,"
                " error = ?8, updated_at = ?9 where id = ?1",
                asset.id, asset.size, asset.state, asset.type, asset.sha256, asset.width, asset.height,
                asset.error, now());
}

void rename(db::Connection& db, const AssetId& id, const std::string& name)
{
    db::execute(db, "update assets set name = ?2, updated_at = ?3 where id = ?1", id, name, now());
}

void remove(db::Connection& db, const AssetId& id)
{
    db::execute(db, "delete from assets where id = ?1", id);
}

} // namespace skerry::assets
