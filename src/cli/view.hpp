#pragma once

#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "projects/observation.hpp"
#include "projects/project.hpp"
#include "sessions/session.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// How the things of skerry look to people.
namespace skerry::cli {

/// The paint for a status of a project, a state of a job or a turn, or an outcome.
Paint paint_of_state(std::string_view state) noexcept;

Cell state_cell(std::string_view state);

/// How long it took; empty when one of the times is not known.
std::string took(const std::optional<Time>& from, const std::optional<Time>& to);

/// "3 min ago" on a terminal, RFC 3339 in a pipe.
std::string when(const Stream& stream, Time time);

/// ", index.html changed, 512 tokens, $0.01": what a turn came to; empty parts are left out.
std::string turn_figures(const api::Json& files, const api::Json& tokens, double cost);

/// "name   value" lines; values that are empty are left out.
using Details = std::vector<std::pair<std::string_view, Cell>>;
std::string shown(const Stream& stream, const Details& details);

std::string project_table(const Stream& stream, const std::vector<projects::Project>& projects);
std::string project_details(const Stream& stream, const projects::Observation& seen);
/// What projects are called, by id.
using Slugs = std::map<std::string, std::string>;
Slugs slugs_of(const std::vector<projects::Project>& projects);
/// The id itself when it is that of no project.
std::string slug_of(const Slugs& slugs, const std::string& id);

std::string session_table(const Stream& stream, const std::vector<sessions::Session>& sessions,
                          const Slugs& slugs);
std::string turn_table(const Stream& stream, const std::vector<sessions::Turn>& turns);

/// The address where the app of a project answers, empty before it has one.
std::string app_url(const projects::Project& project);

} // namespace skerry::cli
