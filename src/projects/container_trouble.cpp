#include "projects/container_trouble.hpp"

#include "projects/project_store.hpp"
#include "util/files.hpp"

namespace skerry::projects {
namespace {

std::filesystem::path file_of(const App& app, const ProjectId& id)
{
    return app.paths.state(id.value) / "docker" / "trouble";
}

} // namespace

bool is_in_trouble(const App& app, const Project& project)
{
    const bool has_error = project.status == Status::error || project.status == Status::running;
    return has_error && project.last_error &&
           read_file_if_any(file_of(app, project.id)) == project.last_error;
}

bool set_trouble(const App& app, db::Connection& db, const ProjectId& id, Status status,
                 const std::string& trouble)
{
    db::Transaction transaction(db);
    const auto project = find(db, id);
    const bool concerns = project && (project->status == Status::running || is_in_trouble(app, *project));
    if (!concerns || (project->status == status && project->last_error == trouble)) return false;
    make_private_folder(file_of(app, id).parent_path());
    write_file(file_of(app, id), trouble);
    set_status(db, id, status, trouble);
    transaction.commit();
    return true;
}

bool clear_trouble(const App& app, db::Connection& db, const ProjectId& id)
{
    db::Transaction transaction(db);
    const auto project = find(db, id);
    if (!project || !is_in_trouble(app, *project)) return false;
    set_status(db, id, Status::running);
    transaction.commit();
    std::filesystem::remove(file_of(app, id));
    return true;
}

} // namespace skerry::projects
