#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/job_order.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "exec/exec_job.hpp"
#include "exec/job_type.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

using exec::JobType;

struct NewType {
    std::string name;
    std::optional<std::string> cwd;
    std::vector<std::string> env;
    std::optional<std::string> queue;
    std::int64_t retries = 2;
    std::optional<std::string> timeout;
    std::vector<std::string> command;
};
constexpr auto fields(api::Tag<NewType>)
{
    return std::array{
        api::field<&NewType::name>("name", "Small letters, digits, '.', '_' and '-': assets.process",
                                   {.positional = true, .min = 1, .max = 100, .placeholder = "TYPE"}),
        api::field<&NewType::cwd>("cwd", "Where the command runs; else where you type this",
                                  {.min = 1, .max = 4096, .placeholder = "FOLDER"}),
        api::field<&NewType::env>("env",
                                  "A variable for the command, beside those of the worker; may be repeated. "
                                  "It is kept in the database and stands in this command line: no place for "
                                  "a secret",
                                  {.max = 1000, .placeholder = "NAME=VALUE", .whole = true}),
        api::field<&NewType::queue>("queue",
                                    "The queue its jobs stand in, unless they say otherwise; else 'default'",
                                    {.min = 1, .max = 100, .placeholder = "QUEUE"}),
        api::field<&NewType::retries>("retries", "How often a job is tried again after a failure; else 2",
                                      {.max = 1000}),
        api::field<&NewType::timeout>("timeout", "How long one attempt may take; else 15m",
                                      {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&NewType::command>(
            "command", "The program that performs the jobs, and its arguments",
            {.positional = true, .min = 1, .max = 10'000, .placeholder = "COMMAND", .behind_dashes = true}),
    };
}

struct NamedType {
    std::string name;
};
constexpr auto fields(api::Tag<NamedType>)
{
    return std::array{api::field<&NamedType::name>(
        "name", "The type's name", {.positional = true, .min = 1, .max = 100, .placeholder = "TYPE"})};
}

JobType type_of(const NewType& options)
{
    require_text(options.command);
    require_text(options.env);
    JobType type{.name = options.name,
                 .command = options.command,
                 .folder = folder_of(options.cwd),
                 .max_attempts = options.retries + 1};
    if (options.queue) type.queue = *options.queue;
    if (options.timeout) type.timeout = parse_duration(*options.timeout);
    if (type.timeout == 0) throw Error(Code::bad_request, "--timeout must be longer than nothing");
    for (const auto& entry : options.env) type.environment.push_back(exec::variable(entry));
    return type;
}

void show(Terminal& terminal, const JobType& type)
{
    if (terminal.json) return terminal.print(to_json(type).dump(terminal.out.is_terminal()));
    if (terminal.quiet) return terminal.print(type.name);
    std::vector<std::string> variables;
    for (const auto& [name, value] : type.environment) variables.push_back(name + "=" + value);
    terminal.out.write(shown(terminal.out, {{"type", {type.name, Paint::strong}},
                                            {"command", skerry::shown(type.command)},
                                            {"folder", type.folder},
                                            {"variables", skerry::shown(variables)},
                                            {"queue", type.queue},
                                            {"tries", std::to_string(type.max_attempts)},
                                            {"timeout", for_people(type.timeout)},
                                            {"created", when(terminal.out, type.created_at)},
                                            {"updated", when(terminal.out, type.updated_at)}}));
}

int add_type(Call& call, const NewType& options)
{
    const auto type = type_of(options);
    auto& db = call.db();
    db.set_durability(db::Durability::full);
    const auto made = exec::put_type(db, *call.app().job_kinds, type);
    auto& terminal = call.terminal;
    if (terminal.json)
        show(terminal, made);
    else
        terminal.print(made.name);
    return status::done;
}

int list_types(Call& call)
{
    const auto types = exec::list_types(call.db());
    return show_list(
        call.terminal, types, [](const JobType& type) { return type.name; },
        [&](const Stream& stream) {
            Table table({{"type"}, {"command", false, true}, {"queue"}, {"tries", true}, {"timeout", true}});
            for (const auto& type : types)
                table.add({{type.name, Paint::strong},
                           skerry::shown(type.command),
                           type.queue,
                           std::to_string(type.max_attempts),
                           for_people(type.timeout)});
            return table.shown_on(stream);
        });
}

int show_type(Call& call, const NamedType& named)
{
    show(call.terminal, exec::require_type(call.db(), named.name));
    return status::done;
}

int delete_type(Call& call, const NamedType& named)
{
    const auto type = exec::require_type(call.db(), named.name);
    exec::delete_type(call.db(), type.name);
    if (call.terminal.json)
        show(call.terminal, type);
    else
        call.terminal.print(type.name);
    return status::done;
}

} // namespace

std::vector<Command> job_type_commands()
{
    return {
        {.noun = "jobs types",
         .verb = "add",
         .summary = "Register a command that performs the jobs of a type of your own, or replace it",
         .details =
             "A worker runs the command for each job that 'skerry jobs add TYPE PAYLOAD' adds. It finds the "
             "payload, a JSON value, on its standard input, and SKERRY_JOB_ID, SKERRY_ATTEMPT, "
             "SKERRY_JOB_TYPE, "
             "SKERRY_FD and SKERRY_DATA_DIR in its environment. What it writes goes to the job's log. Exit "
             "code "
             "0 is success, 75 means again later, everything else is a failed attempt.\n\n"
             "It may write JSON objects, one a line of at most 64 KiB, to descriptor 3 (SKERRY_FD): "
             "{\"progress\": 0.4, \"message\": \"packing\"}, {\"result\": ANY JSON}, {\"log\": \"a line\"}, "
             "{\"reschedule\": \"30s\"} (again later, with exit code 0 or 75; no attempt is used up), "
             "{\"discard\": \"why\"} (never again, whatever the exit code). What does not fit is told in the "
             "log "
             "and passed over.\n\n"
             "When a job is cancelled or takes too long, the command's process group gets SIGTERM, and "
             "SIGKILL "
             "5 s later. It should be able to do its work twice: a worker may die in the middle.",
         .examples = {{"skerry jobs types add assets.process --retries 2 --timeout 5m -- python3 handler.py",
                       ""}},
         .input = api::fields_of<NewType>(),
         .run = with<add_type>},
        {.noun = "jobs types", .verb = "list", .summary = "List the registered types", .run = list_types},
        {.noun = "jobs types",
         .verb = "show",
         .summary = "Show a type",
         .input = api::fields_of<NamedType>(),
         .run = with<show_type>},
        {.noun = "jobs types",
         .verb = "delete",
         .summary = "Delete a type",
         .details = "Jobs of it that still wait fail when their turn comes; once the type is there again, "
                    "'skerry jobs retry' puts them back.",
         .input = api::fields_of<NamedType>(),
         .run = with<delete_type>},
    };
}

} // namespace skerry::cli
