#include "sessions/session_actions.hpp"

#include "agent/opencode.hpp"
#include "projects/project_access.hpp"
#include "projects/project_files.hpp"
#include "projects/project_jobs.hpp"
#include "projects/project_store.hpp"
#include "projects/runtime_choice.hpp"
#include "projects/slug.hpp"
#include "projects/template.hpp"
#include "queue/queue.hpp"
#include "sessions/agent_session.hpp"
#include "sessions/attachments.hpp"
#include "sessions/session_access.hpp"
#include "sessions/session_store.hpp"
#include "sessions/turn_jobs.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <charconv>
#include <cmath>

namespace fs = std::filesystem;

namespace skerry::sessions {
namespace {

/// What is missing on this machine is said now, not by a job that fails later.
void require_tools(const App& app, const std::string& runtime)
{
    if (runtime != "docker") agent::find_opencode(app.settings.opencode); // else it is in the agent's image
    projects::require_runtime(runtime);
    if (!process::find_program("git"))
        throw Error(Code::unavailable, "git is not installed", {.hint = "apt-get install git"});
}

/// A job may run in another folder: what names a folder here is made absolute.
std::string absolute_if_folder(const std::string& name)
{
    return fs::is_directory(name) ? fs::canonical(name).string() : name;
}

/// Folders of this machine, and what runs without a fence, are for those who may all: a template or a source
/// could be any file that skerry reads.
void refuse_out_of_reach(const api::Caller& caller, const CreateProject& input)
{
    if (!caller.only_project.empty())
        throw Error(Code::forbidden, "the token is for one project and may not create another");
    if (api::sees_all(caller)) return;
    const auto refuse = [](const char* field, const char* what) {
        throw Error(Code::forbidden, std::string(field) + " " + what, {.fields = {{field, what}}});
    };
    if (input.runtime == "host") refuse("runtime", "may only be 'host' for administrators");
    if (input.template_name && input.template_name->find('/') != std::string::npos)
        refuse("template", "may be a folder only for administrators");
    if (input.from && !input.from->starts_with("https://"))
        refuse("from", "must begin with https:// unless an administrator asks");
}

projects::RuntimeChoice runtime_for(const App& app, const CreateProject& input)
{
    const auto& settings = app.settings;
    const auto name =
        input.from ? std::nullopt : std::optional(input.template_name.value_or(settings.template_name));
    return projects::choose_runtime(input.runtime.value_or(settings.runtime),
                                    input.runtime ? "asked for" : "as the settings say", name);
}

projects::Project project_for(api::Context& context, const CreateProject& input,
                              const projects::RuntimeChoice& choice)
{
    const auto& settings = context.app.settings;
    projects::Project project;
    project.id = projects::ProjectId(random_id());
    project.name = input.name.value_or(projects::name_from_prompt(input.prompt));
    project.slug = projects::free_slug(context.db, projects::slug_of(project.name));
    project.runtime = choice.runtime;
    project.runtime_reason = choice.reason;
    project.model = checked_model(input.model.value_or(settings.model));
    project.on_permission = input.on_permission.value_or(project.on_permission);
    project.template_name = input.template_name.value_or(settings.template_name);
    project.path = context.app.paths.project(project.slug);
    if (!context.caller.user.empty()) project.owner = context.caller.user;
    project.created_at = now();
    return project;
}

Session session_for(const projects::Project& project, const std::string& prompt)
{
    return {.id = SessionId(random_id()),
            .project = project.id,
            .agent_session = {},
            .title = one_line(prompt, 60),
            .model = project.model,
            .created_at = now(),
            .updated_at = 0};
}

Turn turn_for(const Session& session, const std::string& prompt, const std::string& model)
{
    Turn turn;
    turn.id = TurnId(random_id());
    turn.session = session.id;
    turn.project = session.project;
    turn.prompt = prompt;
    turn.model = model;
    turn.created_at = now();
    return turn;
}

void refuse_empty(const std::string& prompt)
{
    if (trim(prompt).empty())
        throw Error(Code::bad_request, "the prompt is empty", {.fields = {{"prompt", "must not be empty"}}});
}

/// The session that is meant; a project without one gets its first.
Session session_meant(const api::Context& context, const Prompt& input)
{
    const auto project = projects::find_by_reference(context.db, input.session);
    if (!project || newest(context.db, project->id)) return require(context, input.session);
    projects::require_seen(context.caller, *project);
    const auto session = session_for(*project, input.text);
    insert(context.db, session);
    return session;
}

double checked_amount(const std::string& text)
{
    double amount = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, amount);
    if (fault == std::errc() && stop == end && amount > 0 && std::isfinite(amount)) return amount;
    throw Error(Code::bad_request, "'" + text + "' is not an amount of money",
                {.hint = "--max-cost 0.50", .fields = {{"maxCost", "must be a number above 0"}}});
}

std::int64_t checked_time_limit(const std::string& text)
{
    if (const auto limit = parse_duration(text); limit > 0) return limit;
    throw Error(Code::bad_request, "timeLimit must be above 0",
                {.hint = "--time-limit 5m", .fields = {{"timeLimit", "must be above 0"}}});
}

Terms terms_of(const Prompt& input)
{
    Terms terms{.on_permission = input.on_permission, .require_change = input.require_change};
    if (input.max_cost) terms.max_cost = checked_amount(*input.max_cost);
    terms.max_steps = input.max_turns;
    terms.check = input.check;
    terms.fix = input.fix;
    if (terms.fix > 0 && !terms.check)
        throw Error(Code::bad_request, "--fix goes with --check",
                    {.hint = "--check 'make test' --fix 2", .fields = {{"fix", "goes with check"}}});
    if (input.time_limit) terms.timeout = checked_time_limit(*input.time_limit);
    return terms;
}

/// What was started when the prompt was given first.
projects::Started again(db::Connection& db, const projects::Project& project, const Turn& turn)
{
    const auto job = job_of(db, turn);
    return {.project = project,
            .job = job ? job->id : 0,
            .session = turn.session.value,
            .turn = turn.id.value,
            .deduplicated = true};
}

/// One key for two prompts is a mistake of who gave it: the second would never be sent.
void refuse_other_text(const Turn& earlier, const Prompt& input)
{
    if (earlier.prompt == input.text) return;
    throw Error(Code::conflict,
                "the key '" + *input.idempotency_key + "' belongs to another prompt, turn " +
                    earlier.id.value,
                {.hint = "use a new key for a new prompt",
                 .fields = {{"idempotencyKey", "belongs to another prompt"}}});
}

} // namespace

std::string checked_model(const std::string& model)
{
    const auto slash = model.find('/');
    if (slash != std::string::npos && slash > 0 && slash + 1 < model.size()) return model;
    const auto what = model.empty() ? std::string("no model is chosen") : "'" + model + "' is not a model";
    throw Error(
        Code::bad_request, what,
        {.hint = "--model PROVIDER/MODEL, for example demo/scripted; SKERRY_MODEL sets it for all projects",
         .fields = {{"model", "must be PROVIDER/MODEL"}}});
}

projects::Started create_project(api::Context& context, const CreateProject& given)
{
    auto input = given;
    refuse_out_of_reach(context.caller, input);
    if (!input.prompt.empty()) refuse_empty(input.prompt);
    if (input.prompt.empty() && !input.name)
        throw Error(Code::bad_request, "neither a prompt nor a name is given",
                    {.hint = "skerry projects create \"a todo app\""});
    if (input.from)
        input.template_name = input.from = projects::checked_source(absolute_if_folder(*input.from));
    else if (input.template_name && api::sees_all(context.caller))
        input.template_name = absolute_if_folder(*input.template_name);
    const auto choice = runtime_for(context.app, input);
    require_tools(context.app, choice.runtime);
    if (!input.from)
        projects::find_template(input.template_name.value_or(context.app.settings.template_name));

    db::Transaction transaction(context.db);
    const auto project = project_for(context, input, choice);
    projects::insert(context.db, project);
    auto chain = projects::start_chain(project.id);
    projects::Started started;
    if (!input.prompt.empty()) {
        const auto session = session_for(project, input.prompt);
        const auto turn = turn_for(session, input.prompt, project.model);
        insert(context.db, session);
        insert(context.db, turn);
        chain.push_back(queue::follow_up(CreateAgentSession{session.id}));
        chain.push_back(queue::follow_up(PerformTurn{.turn = turn.id}));
        started.session = session.id.value;
        started.turn = turn.id.value;
    }
    started.job = queue::add(context.db, projects::Create{project.id, input.from},
                             projects::order_for(project.id, std::move(chain)))
                      .id;
    started.project = *projects::find(context.db, project.id);
    transaction.commit();
    Bell::ring(context.app.paths.running());
    return started;
}

projects::Started prompt(api::Context& context, const Prompt& input)
{
    refuse_empty(input.text);
    db::Transaction transaction(context.db);
    const auto session = session_meant(context, input);
    const auto project = projects::find(context.db, session.project);
    require_alive(*project);
    if (input.idempotency_key)
        if (const auto earlier = find_turn_by_key(context.db, session.project, *input.idempotency_key)) {
            refuse_other_text(*earlier, input);
            return again(context.db, *project, *earlier);
        }
    auto turn = turn_for(session, input.text, checked_model(input.model.value_or(session.model)));
    turn.agent = session.agent;
    turn.terms = terms_of(input);
    turn.idempotency_key = input.idempotency_key;
    turn.attachments = keep_attachments(context.app.paths, turn, input.attachments);
    insert(context.db, turn);
    const auto added =
        queue::add(context.db, PerformTurn{.turn = turn.id}, projects::order_for(session.project));
    transaction.commit();
    Bell::ring(context.app.paths.running());
    return {.project = *project, .job = added.id, .session = session.id.value, .turn = turn.id.value};
}

api::Json to_json(const Aborted& aborted)
{
    return api::Json::object({{"turns", aborted.turns}});
}

Aborted abort(api::Context& context, const NamedSession& input)
{
    const auto session = require(context, input.session);
    Aborted aborted;
    for (const auto& turn : live_turns(context.db, session.project)) {
        if (turn.session != session.id) continue;
        if (const auto job = job_of(context.db, turn); job && !queue::is_finished(job->state))
            queue::cancel(context.app.paths, context.db, *context.app.job_kinds, job->id);
        else // the project is on its way up for it
            end_turn(context.db, turn.id, {.state = TurnState::cancelled, .error = "aborted"});
        ++aborted.turns;
    }
    return aborted;
}

} // namespace skerry::sessions
