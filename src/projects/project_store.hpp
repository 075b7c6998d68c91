#pragma once

#include "db/connection.hpp"
#include "projects/project.hpp"

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Every statement about projects and their ports.
namespace skerry::projects {

/// Also one that was deleted.
std::optional<Project> find(db::Connection& db, const ProjectId& id);
/// By slug or unique beginning of an id. Throws Error conflict when the beginning fits several.
std::optional<Project> find_by_reference(db::Connection& db, std::string_view reference);
/// As find_by_reference, but throws Error not_found when there is none.
Project require(db::Connection& db, std::string_view reference);
/// Newest first; without the deleted.
std::vector<Project> list(db::Connection& db);

/// A part of the list: what stands behind one of its projects.
struct Slice {
    std::optional<std::string> owner{};                 ///< only this user's
    std::string only{};                                 ///< only the project of this id
    std::string status{};                               ///< only those that stand at it
    Time created_at = std::numeric_limits<Time>::max(); ///< of the last one that was seen ...
    std::string id{};                                   ///< ... and its id
    std::int64_t limit = 50;
};
std::vector<Project> list_part(db::Connection& db, const Slice& slice);

void insert(db::Connection& db, const Project& project);
void set_name(db::Connection& db, const ProjectId& id, const std::string& name);
void set_on_permission(db::Connection& db, const ProjectId& id, const std::string& policy);
void set_keep_events(db::Connection& db, const ProjectId& id, const std::optional<std::string>& time);
/// `wish`, or `wish`-2, `wish`-3 ...: the first that no project has.
std::string free_slug(db::Connection& db, const std::string& wish);
/// Moves the project on if it still stands at `from`, and tells it as an event; false otherwise.
bool move(db::Connection& db, const ProjectId& id, Status from, Status to);
/// Moves it whatever it stands at, unless it is being deleted; false then.
bool set_status(db::Connection& db, const ProjectId& id, Status to, std::optional<std::string> error = {});
/// The ports the project holds from now on, instead of those before; 0: none.
void set_ports(db::Connection& db, const ProjectId& id, int app, int agent, int model);
bool port_is_held(db::Connection& db, int port);
/// Marks the row deleted and gives its slug and ports free.
void mark_deleted(db::Connection& db, const ProjectId& id);

} // namespace skerry::projects
