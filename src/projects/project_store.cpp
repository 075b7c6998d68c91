#include "projects/project_store.hpp"

#include "events/event_log.hpp"
#include "util/error.hpp"

namespace skerry::projects {
namespace {

Project project_of(const db::Query& row)
{
    Project project;
    project.id = row.id<Project>(0);
    project.slug = row.text(1);
    project.name = row.text(2);
    project.status = status_named(row.text(3)).value_or(Status::error);
    project.runtime = row.text(4);
    project.model = row.text(5);
    project.template_name = row.text(6);
    project.path = row.text(7);
    project.owner = row.text_if_any(8);
    project.last_error = row.text_if_any(9);
    project.created_at = row.number(10);
    project.updated_at = row.number(11);
    project.app_port = static_cast<int>(row.number(12));
    project.agent_port = static_cast<int>(row.number(13));
    project.model_port = static_cast<int>(row.number(14));
    project.on_permission = row.text(15);
    project.keep_events = row.text_if_any(16);
    project.runtime_reason = row.text_if_any(17).value_or("");
    return project;
}

// The columns that project_of reads, in its order.
#define SKERRY_PROJECT_COLUMNS                                                                               \
    "select id, slug, name, status, runtime, model, template, path, owner_user_id, last_error, created_at,"  \
    " updated_at,"                                                                                           \
    " (select port from ports where project_id = projects.id and service = 'app'),"                          \
    " (select port from ports where project_id = projects.id and service = 'agent'),"                        \
    " (select port from ports where project_id = projects.id and service = 'model'), on_permission,"         \
    " keep_events, runtime_reason from projects "

std::optional<Project> by_slug(db::Connection& db, std::string_view slug)
{
    db::Query row(db, SKERRY_PROJECT_COLUMNS "where slug = ?1 and deleted_at is null", slug);
    return row.next() ? std::optional(project_of(row)) : std::nullopt;
}

/// In one statement, for nearly every request begins with it.
std::optional<Project> by_slug_or_id(db::Connection& db, std::string_view name)
{
    db::Query row(db,
                  SKERRY_PROJECT_COLUMNS
                  "where slug = ?1 and deleted_at is null union all " SKERRY_PROJECT_COLUMNS
                  "where id = ?1 and deleted_at is null limit 1",
                  name);
    return row.next() ? std::optional(project_of(row)) : std::nullopt;
}

std::vector<Project> by_beginning(db::Connection& db, std::string_view beginning)
{
    std::vector<Project> found;
    db::Query row(
        db, SKERRY_PROJECT_COLUMNS "where substr(id, 1, length(?1)) = ?1 and deleted_at is null limit 3",
        beginning);
    while (row.next()) found.push_back(project_of(row));
    return found;
}

void tell_status(db::Connection& db, const ProjectId& id, Status status,
                 const std::optional<std::string>& error)
{
    auto payload = api::Json::object({{"status", name_of(status)}});
    if (error) payload.set("error", *error);
    events::append(db, {.type = "project.status", .project = id.value, .payload = std::move(payload)});
}

} // namespace

std::optional<Project> find(db::Connection& db, const ProjectId& id)
{
    db::Query row(db, SKERRY_PROJECT_COLUMNS "where id = ?1", id);
    return row.next() ? std::optional(project_of(row)) : std::nullopt;
}

std::optional<Project> find_by_reference(db::Connection& db, std::string_view reference)
{
    if (reference.empty()) return std::nullopt;
    if (auto project = by_slug_or_id(db, reference)) return project;
    auto found = by_beginning(db, reference);
    if (found.size() > 1)
        throw Error(Code::conflict,
                    "'" + std::string(reference) + "' is the beginning of more than one project's id",
                    {.hint = "type more of it"});
    return found.empty() ? std::nullopt : std::optional(found.front());
}

Project require(db::Connection& db, std::string_view reference)
{
    if (auto project = find_by_reference(db, reference)) return *project;
    throw Error(Code::not_found, "there is no project '" + std::string(reference) + "'",
                {.hint = "skerry projects list"});
}

std::vector<Project> list(db::Connection& db)
{
    std::vector<Project> found;
    db::Query row(db, SKERRY_PROJECT_COLUMNS "where deleted_at is null order by created_at desc, id");
    while (row.next()) found.push_back(project_of(row));
    return found;
}

std::vector<Project> list_part(db::Connection& db, const Slice& slice)
{
    std::vector<Project> found;
    db::Query row(db,
                  SKERRY_PROJECT_COLUMNS
                  "where deleted_at is null and (?1 is null or owner_user_id = ?1) and (?2 = '' or id = ?2)"
                  " and (?3 = '' or status = ?3) and (created_at, ?5) < (?4, id)"
                  " order by created_at desc, id limit ?6",
                  slice.owner, slice.only, slice.status, slice.created_at, slice.id, slice.limit);
    while (row.next()) found.push_back(project_of(row));
    return found;
}

void insert(db::Connection& db, const Project& project)
{
    db::execute(db,
                "insert into projects(id, slug, name, status, runtime, model, template, path, owner_user_id,"
                " created_at, updated_at, on_permission, runtime_reason)"
                " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, ?12)",
                project.id, project.slug, project.name, name_of(project.status), project.runtime,
                project.model, project.template_name, project.path.string(), project.owner,
                project.created_at, project.on_permission, project.runtime_reason);
    tell_status(db, project.id, project.status, {});
}

void set_name(db::Connection& db, const ProjectId& id, const std::string& name)
{
    db::execute(db, "update projects set name = ?2, updated_at = ?3 where id = ?1", id, name, now());
}

void set_on_permission(db::Connection& db, const ProjectId& id, const std::string& policy)
{
    db::execute(db, "update projects set on_permission = ?2, updated_at = ?3 where id = ?1", id, policy,
                now());
}

void set_keep_events(db::Connection& db, const ProjectId& id, const std::optional<std::string>& time)
{
    db::execute(db, "update projects set keep_events = ?2, updated_at = ?3 where id = ?1", id, time, now());
}

std::string free_slug(db::Connection& db, const std::string& wish)
{
    auto slug = wish;
    for (int number = 2; by_slug(db, slug); ++number) slug = wish + "-" + std::to_string(number);
    return slug;
}

bool move(db::Connection& db, const ProjectId& id, Status from, Status to)
{
    const bool moved = db::execute(db,
                                   "update projects set status = ?3, last_error = null, updated_at = ?4"
                                   " where id = ?1 and status = ?2 and deleted_at is null",
                                   id, name_of(from), name_of(to), now()) == 1;
    if (moved) tell_status(db, id, to, {});
    return moved;
}

bool set_status(db::Connection& db, const ProjectId& id, Status to, std::optional<std::string> error)
{
    const bool moved = db::execute(db,
                                   "update projects set status = ?2, last_error = ?3, updated_at = ?4"
                                   " where id = ?1 and status <> 'deleting' and deleted_at is null",
                                   id, name_of(to), error, now()) == 1;
    if (moved) tell_status(db, id, to, error);
    return moved;
}

void set_ports(db::Connection& db, const ProjectId& id, int app, int agent, int model)
{
    db::execute(db, "delete from ports where project_id = ?1", id);
    const auto take = [&](int port, std::string_view service) {
        if (port != 0)
            db::execute(db, "insert into ports(port, project_id, service) values (?1, ?2, ?3)", port, id,
                        service);
    };
    take(app, "app");
    take(agent, "agent");
    take(model, "model");
}

bool port_is_held(db::Connection& db, int port)
{
    db::Query row(db, "select 1 from ports where port = ?1", port);
    return row.next();
}

void mark_deleted(db::Connection& db, const ProjectId& id)
{
    db::execute(db, "delete from ports where project_id = ?1", id);
    if (db::execute(
            db, "update projects set deleted_at = ?2, updated_at = ?2 where id = ?1 and deleted_at is null",
            id, now()) == 1)
        events::append(db, {.type = "project.deleted", .project = id.value});
}

} // namespace skerry::projects
