#include "agent/client.hpp"
#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/outcome.hpp"
#include "cli/report.hpp"
#include "cli/rows.hpp"
#include "cli/simple_wait.hpp"
#include "cli/table.hpp"
#include "projects/observation.hpp"
#include "projects/project_actions.hpp"
#include "projects/project_store.hpp"
#include "projects/stack.hpp"
#include "util/error.hpp"

namespace skerry::cli {
namespace {

using projects::Project;
using projects::Status;

struct Models {
    std::optional<std::string> project;
};
constexpr auto fields(api::Tag<Models>)
{
    return std::array{api::field<&Models::project>(
        "project", "The project whose agent is asked, started if need be; else any that runs",
        {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"})};
}

Project any_running(Call& call)
{
    for (auto& project : projects::list(call.db()))
        if (projects::reconciled(call.app(), call.db(), project).status == Status::running)
            return std::move(project);
    throw Error(Code::conflict, "no agent runs that could be asked",
                {.hint = "name a project, which is started for it: skerry models PROJECT"});
}

Project named_project(Call& call, const std::string& name)
{
    return projects::reconciled(call.app(), call.db(), projects::require(call.db(), name));
}

/// Starts it and waits; the exit status when somebody has waited enough, with the reason told.
std::optional<int> start_for_it(Call& call, const Project& project)
{
    auto context = call.context();
    const auto started = projects::start_project(context, {.project = project.id.value});
    call.terminal.note(project.slug + " is started for it, job " + std::to_string(started.job));
    const Awaited awaited{.job = started.job};
    std::optional<Outcome> outcome;
    const WaitWords words{.what = "the start of " + project.slug,
                          .again = "skerry projects start " + project.slug + " --wait"};
    const auto left = wait_until(call, words, [&] {
        outcome = outcome_of(call.db(), awaited);
        return outcome.has_value();
    });
    if (left || outcome->status == status::done) return left;
    report(Error(Code::internal, outcome->error, {.hint = outcome->hint}), nullptr, call.terminal.notes,
           call.terminal.json);
    return outcome->status;
}

std::string count(const api::Json& number)
{
    return number.is_number() ? std::to_string(number.number()) : "";
}

int show_models(Call& call, const Project& project)
{
    const auto models = agent::Client(projects::agent_of(call.app(), project)).models();
    auto& terminal = call.terminal;
    if (terminal.json) {
        terminal.print(models.dump(terminal.out.is_terminal()));
        return status::done;
    }
    Table table({{"model", false, true}, {"name", false, true}, {"context", true}, {"output", true}});
    for (const auto& model : models.items()) {
        if (terminal.quiet) terminal.print(harmless_line(model["model"].view()));
        table.add({{harmless_line(model["model"].view()), Paint::strong},
                   harmless_line(model["name"].view()),
                   count(model["context"]),
                   count(model["output"])});
    }
    if (!terminal.quiet) terminal.out.write(table.shown_on(terminal.out));
    return status::done;
}

int list_models(Call& call, const Models& options)
{
    if (!options.project) return show_models(call, any_running(call));
    auto project = named_project(call, *options.project);
    if (project.status != Status::running) {
        if (const auto left = start_for_it(call, project)) return *left;
        project = named_project(call, *options.project);
    }
    return show_models(call, project);
}

} // namespace

std::vector<Command> model_commands()
{
    return {
        {.noun = "models",
         .summary = "List the models that an agent can use",
         .details =
             "Those of the providers that it has keys for: 'skerry secrets' keeps them. A project that is "
             "named is started for it when it does not run, and goes on running.",
         .examples = {{"skerry models hello --json | jq -r '.[].model'", ""}},
         .input = api::fields_of<Models>(),
         .common = Common::waits,
         .run = with<list_models>},
    };
}

} // namespace skerry::cli
