#include "app/paths.hpp"
#include "auth/login_store.hpp"
#include "auth/token_store.hpp"
#include "auth/user_store.hpp"
#include "cli/completion.hpp"
#include "exec/job_type.hpp"
#include "program/settings_source.hpp"
#include "projects/project_store.hpp"
#include "projects/template.hpp"
#include "queue/job_store.hpp"
#include "schedules/schedule_store.hpp"
#include "sessions/session_store.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace skerry::cli {
namespace {

std::vector<Candidate> names_in(db::Connection& db, std::string_view what)
{
    constexpr std::size_t longest = 60;
    std::vector<Candidate> found;
    if (what == "PROJECT")
        for (const auto& project : projects::list(db))
            found.push_back({project.slug, std::string(name_of(project.status))});
    if (what == "SESSION")
        for (const auto& session : sessions::list(db, {}))
            found.push_back({session.id.value, one_line(session.title, longest)});
    if (what == "JOB")
        for (const auto& job : queue::list(db, {})) found.push_back({std::to_string(job.id), job.kind});
    if (what == "TYPE")
        for (const auto& type : exec::list_types(db))
            found.push_back({type.name, one_line(skerry::shown(type.command), longest)});
    if (what == "SCHEDULE")
        for (const auto& schedule : schedules::list(db)) found.push_back({schedule.name, schedule.cron});
    if (what == "USER")
        for (const auto& user : auth::list(db)) found.push_back({user.name, std::string(name_of(user.role))});
    if (what == "LOGIN")
        for (const auto& login : auth::list_logins(db, {}, now()))
            found.push_back({login.id.value, one_line(login.user_name + ", " + login.client, longest)});
    if (what == "TOKEN")
        for (const auto& token : auth::list_tokens(db))
            found.push_back({token.id.value, token.user_name + ", " + one_line(token.name, longest)});
    return found;
}

std::vector<Candidate> stored(std::string_view what)
{
    std::vector<Candidate> found;
    if (what == "NAME")
        for (const auto& one : projects::templates()) found.push_back({one.name, one.description});
    constexpr std::array in_database{"PROJECT",  "SESSION", "JOB",   "TYPE",
                                     "SCHEDULE", "USER",    "LOGIN", "TOKEN"};
    if (std::find(in_database.begin(), in_database.end(), what) == in_database.end()) return found;
    const Paths paths(program::data_folder({}, program::process_environment()).path);
    if (!std::filesystem::exists(paths.database())) return {};
    db::Connection db(paths.database());
    return names_in(db, what);
}

} // namespace

Values stored_values()
{
    return [](std::string_view what) -> std::vector<Candidate> {
        try {
            return stored(what);
        } catch (const Error&) { // somebody pressed Tab: no place for an error
            return {};
        }
    };
}

} // namespace skerry::cli
