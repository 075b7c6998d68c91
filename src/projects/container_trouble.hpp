#pragma once

#include "app/app.hpp"
#include "db/connection.hpp"
#include "projects/project.hpp"

#include <string>

/// What is wrong with a project's containers, as its status tells it. It is remembered beside the project
/// that this is what the status says, so that it goes when the containers are well again.
namespace skerry::projects {

/// Puts the project into `error`, or leaves it running where it can still be worked on, and says why. Only
/// for one that runs, or is in an error of this kind; true when something has changed.
bool set_trouble(const App& app, db::Connection& db, const ProjectId& id, Status status,
                 const std::string& trouble);
/// Its containers are well: nothing is left of a trouble that was set.
bool clear_trouble(const App& app, db::Connection& db, const ProjectId& id);
/// Whether its status and error are those of a trouble.
bool is_in_trouble(const App& app, const Project& project);

} // namespace skerry::projects
