#include "cli/attended_run.hpp"
#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "projects/observation.hpp"
#include "projects/project_actions.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "runtime/docker/override_file.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <unistd.h>

/// The services of a project as its runtime sees them.
namespace skerry::cli {
namespace {

using projects::NamedProject;
using runtime::ServiceState;

struct ServiceRow {
    ServiceState value;
};

api::Json to_json(const ServiceRow& row)
{
    return projects::to_json(row.value);
}

std::string number_if_any(int number)
{
    return number != 0 ? std::to_string(number) : "";
}

std::string service_table(const Stream& stream, const std::vector<ServiceRow>& rows)
{
    Table table({{"service"},
                 {"state"},
                 {"since"},
                 {"restarts", true},
                 {"exit code", true},
                 {"port", true},
                 {"pid", true},
                 {"trouble", false, true}});
    for (const auto& [service] : rows)
        table.add({{service.name, Paint::strong},
                   state_cell(runtime::name_of(service.state)),
                   {when(stream, service.since), Paint::faint},
                   std::to_string(service.restarts),
                   service.exit_code ? std::to_string(*service.exit_code) : "",
                   number_if_any(service.port),
                   number_if_any(service.pid),
                   {service.trouble, Paint::bad}});
    return table.shown_on(stream);
}

int list_services(Call& call, const NamedProject& named)
{
    const auto project = projects::require(call.db(), named.project);
    std::vector<ServiceRow> rows;
    for (auto& service : projects::services_of(call.app(), project)) rows.push_back({std::move(service)});
    if (rows.empty() && call.terminal.out.is_terminal())
        call.terminal.hint("nothing of it runs: skerry projects start " + project.slug);
    return show_list(
        call.terminal, rows, [](const ServiceRow& row) { return row.value.name; },
        [&](const Stream& stream) { return rows.empty() ? "" : service_table(stream, rows); });
}

struct ExecOptions {
    std::string project;
    std::string service = "app";
    std::vector<std::string> command;
};
constexpr auto fields(api::Tag<ExecOptions>)
{
    return std::array{
        api::field<&ExecOptions::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&ExecOptions::service>("service", "Beside which service, in the same fence",
                                          {.one_of = "app|agent"}),
        api::field<&ExecOptions::command>(
            "command", "The program and its arguments, untouched",
            {.positional = true, .min = 1, .max = 10'000, .placeholder = "COMMAND", .behind_dashes = true}),
    };
}

bool has_terminal()
{
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

int execute(Call& call, const ExecOptions& options)
{
    const auto project = projects::require(call.db(), options.project);
    require_alive(project);
    if (!std::filesystem::is_directory(project.path))
        throw Error(Code::conflict, "the files of " + project.slug + " have not been made yet",
                    {.hint = "skerry projects wait " + project.slug});
    const auto& app = call.app();
    const auto service = projects::service_for(app, project, options.service, options.command);
    return run_attended(runtime::make_runtime(project.runtime)
                            ->attended(projects::empty_stack_of(app, project), service, has_terminal()));
}

int trust_override(Call& call, const NamedProject& named)
{
    const auto project = projects::require(call.db(), named.project);
    require_alive(project);
    const auto state = call.app().paths.state(project.id.value);
    const auto file = runtime::docker::override_file(project.path);
    const auto text = runtime::docker::approve_override(project.path, state);
    auto& terminal = call.terminal;
    if (terminal.json)
        terminal.print(api::Json::object(
                           {{"project", project.slug}, {"path", file.string()}, {"sha256", sha256_hex(text)}})
                           .dump(terminal.out.is_terminal()));
    else
        terminal.print(file.string());
    if (project.status == projects::Status::running)
        terminal.hint("it counts from the next start on: skerry projects restart " + project.slug);
    return status::done;
}

} // namespace

std::vector<Command> service_commands()
{
    return {
        {.noun = "projects",
         .verb = "ps",
         .summary = "List the services of a project as they are now",
         .input = api::fields_of<NamedProject>(),
         .run = with<list_services>},
        {.noun = "projects",
         .verb = "exec",
         .summary = "Run a command where the app or the agent runs",
         .details =
             "It gets the same files, environment and limits, and a terminal when there is one. Where the "
             "service does not run, the command gets the same surroundings for itself. Exits as the "
             "command does; with 127 when it cannot be run.",
         .examples = {{"skerry projects exec hello -- npm test", ""},
                      {"skerry projects exec hello --service agent -- bash", "a shell beside the agent"}},
         .input = api::fields_of<ExecOptions>(),
         .run = with<execute>},
        {.noun = "projects",
         .verb = "trust",
         .summary = "Let Docker use the project's compose.override.yaml as it is now",
         .details =
             "What that file says can give its containers the whole machine, and the agent can write it. So "
             "it counts only when a person has read and approved it here, and no longer once it has changed.",
         .input = api::fields_of<NamedProject>(),
         .run = with<trust_override>},
    };
}

} // namespace skerry::cli
