#include "cli/call.hpp"
#include "cli/confirmation.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/log_view.hpp"
#include "cli/rows.hpp"
#include "cli/simple_wait.hpp"
#include "cli/view.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "projects/project_actions.hpp"
#include "projects/project_store.hpp"
#include "queue/job_store.hpp"
#include "util/error.hpp"

namespace skerry::cli {
namespace {

using projects::NamedProject;
using projects::Project;
using projects::Status;

int list_projects(Call& call)
{
    const auto found = projects::list(call.db());
    if (found.empty() && call.terminal.out.is_terminal())
        call.terminal.hint("there is no project yet: skerry projects create \"what to build\"");
    return show_list(
        call.terminal, found, [](const Project& project) { return project.id.value; },
        [&](const Stream& stream) { return found.empty() ? "" : project_table(stream, found); });
}

int show_project(Call& call, const NamedProject& named)
{
    auto& terminal = call.terminal;
    const auto project = projects::require(call.db(), named.project);
    if (terminal.quiet) terminal.print(project.id.value);
    if (terminal.quiet) return status::done;
    const auto seen = projects::observe(call.app(), call.db(), project);
    if (terminal.json)
        terminal.print(to_json(seen).dump(terminal.out.is_terminal()));
    else
        terminal.out.write(project_details(terminal.out, seen));
    return status::done;
}

int delete_project(Call& call)
{
    const auto project = projects::require(call.db(), call.read<NamedProject>().project);
    const bool yes = call.read<Confirmation>().yes ||
                     confirmed(call.terminal, "Delete " + project.slug + " with all its files?");
    return yes ? start_work(call) : status::not_confirmed;
}

struct WaitForProject {
    std::string project;
    std::optional<std::string> status;
};
constexpr auto fields(api::Tag<WaitForProject>)
{
    return std::array{
        api::field<&WaitForProject::project>(
            "project", "Id, slug, or unique beginning of an id",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&WaitForProject::status>(
            "status", "The status to wait for; else until nothing is under way",
            {.one_of = "created|starting|running|stopping|stopped|error|deleted"}),
    };
}

bool is_settled(Status status) noexcept
{
    return status == Status::running || status == Status::stopped || status == Status::error;
}

/// The name of its status; nothing is left of a project but "deleted".
std::string status_of(db::Connection& db, const Project& project)
{
    for (const auto& one : projects::list(db))
        if (one.id == project.id) return std::string(name_of(one.status));
    return "deleted";
}

int wait_for_project(Call& call, const WaitForProject& wanted)
{
    const auto project = projects::require(call.db(), wanted.project);
    std::string now_at;
    const auto done = [&] {
        now_at = status_of(call.db(), project);
        if (wanted.status) return now_at == *wanted.status || !queue::has_live(call.db(), project.id.value);
        const auto status = projects::status_named(now_at);
        return (!status || is_settled(*status)) && !queue::has_live(call.db(), project.id.value);
    };
    if (const auto status =
            wait_until(call, {"project " + project.slug, "skerry projects wait " + project.slug}, done))
        return *status;

    const auto present = projects::find(call.db(), project.id).value_or(project);
    const bool as_wanted = wanted.status ? now_at == *wanted.status : now_at != "error";
    auto& terminal = call.terminal;
    if (!as_wanted)
        throw Error(Code::internal,
                    project.slug + " is " + now_at + (present.last_error ? ": " + *present.last_error : "") +
                        ", and nothing is under way",
                    {.hint = "'skerry projects logs " + project.slug + "' may tell why"});
    if (terminal.json)
        terminal.print(to_json(present).set("status", now_at).dump(terminal.out.is_terminal()));
    if (terminal.quiet) terminal.print(project.id.value);
    if (!terminal.json && !terminal.quiet)
        terminal.print(terminal.out.is_terminal()
                           ? project.slug + " is " + terminal.out.paint(paint_of_state(now_at), now_at)
                           : project.slug + "\t" + now_at);
    return status::done;
}

int set_project(Call& call)
{
    const auto project = perform_action(call);
    auto& terminal = call.terminal;
    if (terminal.json) terminal.print(project.dump(terminal.out.is_terminal()));
    if (terminal.quiet) terminal.print(project["id"].text());
    if (!terminal.json && !terminal.quiet)
        terminal.print(project["slug"].text() + (terminal.out.is_terminal() ? ": permissions: " : "\t") +
                       project["onPermission"].text() +
                       (terminal.out.is_terminal() ? ", events kept: " : "\t") +
                       project["keepEvents"].text("as the settings say"));
    return status::done;
}

int rename_project(Call& call)
{
    const auto project = perform_action(call);
    auto& terminal = call.terminal;
    if (terminal.json) terminal.print(project.dump(terminal.out.is_terminal()));
    if (terminal.quiet) terminal.print(project["id"].text());
    if (!terminal.json && !terminal.quiet)
        terminal.print(project["slug"].text() + (terminal.out.is_terminal() ? " is called " : "\t") +
                       project["name"].text());
    return status::done;
}

} // namespace

std::vector<Command> project_commands()
{
    const auto input_of = [](std::string_view action) { return program::require_action(action).input; };
    const auto summary_of = [](std::string_view action) { return program::require_action(action).summary; };
    return {
        {.noun = "projects",
         .verb = "create",
         .summary = summary_of("projects.create"),
         .details =
             "Makes the project's folder from a template, starts its app and its agent, and gives the agent "
             "the "
             "prompt. Returns at once with the job that does all this; a worker performs it.\n\n"
             "With --wait or --follow the command stays until the agent is done, and where no worker runs it "
             "performs the work itself. Without a prompt only the project is made, which needs --name.",
         .examples = {{"skerry projects create \"a todo list\" --name todo --model PROVIDER/MODEL --follow",
                       ""},
                      {"skerry projects create - < task.md --wait --json",
                       "the prompt from a file, the result as JSON"},
                      {"skerry projects create --name mine --from ~/src/mine",
                       "existing code, no prompt yet"}},
         .input = input_of("projects.create"),
         .common = Common::work,
         .standard_input = "prompt",
         .action = "projects.create",
         .run = start_work},
        {.noun = "projects",
         .verb = "list",
         .summary = "List the projects, newest first",
         .run = list_projects},
        {.noun = "projects",
         .verb = "show",
         .summary = "Show a project, its services and their health",
         .input = api::fields_of<NamedProject>(),
         .run = with<show_project>},
        {.noun = "projects",
         .verb = "set",
         .summary = summary_of("projects.set"),
         .details =
             "What the agent may do is in force with the next turn; for what its sub-agents do, when the "
             "agent is started the next time.",
         .examples = {{"skerry projects set hello --on-permission ask",
                       "the agent asks before it changes anything"}},
         .input = input_of("projects.set"),
         .action = "projects.set",
         .run = set_project},
        {.noun = "projects",
         .verb = "rename",
         .summary = summary_of("projects.rename"),
         .details = "Its slug stays, and with it the folder and all that scripts know it by.",
         .input = input_of("projects.rename"),
         .action = "projects.rename",
         .run = rename_project},
        {.noun = "projects",
         .verb = "start",
         .summary = summary_of("projects.start"),
         .input = input_of("projects.start"),
         .common = Common::work,
         .action = "projects.start",
         .run = start_work},
        {.noun = "projects",
         .verb = "stop",
         .summary = summary_of("projects.stop"),
         .input = input_of("projects.stop"),
         .common = Common::work,
         .action = "projects.stop",
         .run = start_work},
        {.noun = "projects",
         .verb = "restart",
         .summary = summary_of("projects.restart"),
         .input = input_of("projects.restart"),
         .common = Common::work,
         .action = "projects.restart",
         .run = start_work},
        {.noun = "projects",
         .verb = "delete",
         .summary = summary_of("projects.delete"),
         .details = "Asks first; where nobody can be asked, --yes is needed.",
         .input = input_of("projects.delete"),
         .common = Common::work,
         .asks = true,
         .action = "projects.delete",
         .run = delete_project},
        {.noun = "projects",
         .verb = "wait",
         .summary = "Wait for a status, or until nothing is under way",
         .details = "Exits with 1 when the project has come to rest elsewhere than it was to.",
         .examples = {{"skerry projects wait hello --status running --timeout 2m", ""}},
         .input = api::fields_of<WaitForProject>(),
         .common = Common::waits,
         .run = with<wait_for_project>},
        {.noun = "projects",
         .verb = "logs",
         .summary = "Show what app, agent and skerry itself wrote",
         .examples = {{"skerry projects logs hello -n 50 -f --source app,agent", ""}},
         .input = api::fields_of<LogOptions>(),
         .run = with<show_log>},
    };
}

} // namespace skerry::cli
