#include "cli/call.hpp"
#include "cli/job_order.hpp"
#include "cli/job_watch.hpp"
#include "cli/rows.hpp"
#include "exec/exec_job.hpp"
#include "exec/job_type.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

constexpr std::size_t largest_input = 1'000'000;

struct RunCommand : JobOrder {
    std::optional<std::string> cwd;
    std::vector<std::string> env;
    std::optional<std::string> input;
    bool shell = false;
    std::vector<std::string> command;
};
constexpr auto fields(api::Tag<RunCommand>)
{
    return joined(
        fields(api::Tag<JobOrder>{}),
        std::array{
            api::field<&RunCommand::cwd>("cwd", "Where the command runs; else where you typed it",
                                         {.min = 1, .max = 4096, .placeholder = "FOLDER"}),
            api::field<&RunCommand::env>(
                "env",
                "A variable for the command, beside those of the worker; may be repeated. It is kept in "
                "the database and stands in this command line: no place for a secret",
                {.max = 1000, .placeholder = "NAME=VALUE", .whole = true}),
            api::field<&RunCommand::input>("input",
                                           "What the command gets on its standard input; '-' passes "
                                           "on what comes on this one",
                                           {.max = largest_input, .placeholder = "TEXT"}),
            api::field<&RunCommand::shell>("shell", "Give the words, with blanks between them, to /bin/sh"),
            api::field<&RunCommand::command>("command", "The program and its arguments, untouched",
                                             {.positional = true,
                                              .min = 1,
                                              .max = 10'000,
                                              .placeholder = "COMMAND",
                                              .behind_dashes = true}),
        });
}

/// The text, or all of standard input for "-".
std::string text_or_input(const std::string& text)
{
    return text == "-" ? read_standard_input(largest_input) : text;
}

exec::Exec job_of(const RunCommand& options)
{
    require_text(options.command);
    require_text(options.env);
    for (const auto& entry : options.env) exec::variable(entry);
    exec::Exec job{.folder = folder_of(options.cwd), .environment = options.env};
    if (options.shell)
        job.shell = join(options.command, " ");
    else
        job.command = options.command;
    if (options.input) job.input = text_or_input(*options.input);
    return job;
}

/// Who was told "queued" can rely on it, whatever happens to the machine.
template <class Add> queue::Added add_durably(db::Connection& db, const Add& add)
{
    db.set_durability(db::Durability::full);
    db::Transaction transaction(db);
    const auto added = add();
    transaction.commit();
    db.set_durability(db::Durability::normal);
    return added;
}

int run_command(Call& call, const RunCommand& options)
{
    const auto job = job_of(options);
    auto order = order_of(options, exec::Exec::policy.kind);
    if (order.queue.empty()) order.queue = queue::Order().queue;
    return add_job_and_stay(
        call, [&] { return add_durably(call.db(), [&] { return queue::add(call.db(), job, order); }); });
}

struct AddJob : JobOrder {
    std::string type;
    std::optional<std::string> payload;
};
constexpr auto fields(api::Tag<AddJob>)
{
    return joined(std::array{api::field<&AddJob::type>(
                                 "type", "A registered type of job",
                                 {.positional = true, .min = 1, .max = 100, .placeholder = "TYPE"}),
                             api::field<&AddJob::payload>(
                                 "payload",
                                 "Any JSON; '-' reads it from standard "
                                 "input; else {}",
                                 {.positional = true, .max = largest_input, .placeholder = "PAYLOAD"})},
                  fields(api::Tag<JobOrder>{}));
}

api::Json payload_of(const AddJob& options)
{
    if (!options.payload) return api::Json::object();
    try {
        return api::Json::parse(text_or_input(*options.payload));
    } catch (const Error& fault) {
        throw Error(Code::bad_request, "the payload is not JSON: " + std::string(fault.what()));
    }
}

int add_job(Call& call, const AddJob& options)
{
    const auto payload = payload_of(options);
    const auto order = order_of(options, options.type);
    return add_job_and_stay(call, [&] {
        const auto& kinds = *call.app().job_kinds;
        return add_durably(call.db(),
                           [&] { return exec::add_job(call.db(), kinds, options.type, payload, order); });
    });
}

} // namespace

std::vector<Command> exec_commands()
{
    return {
        {.noun = "jobs",
         .verb = "run",
         .summary = "Run a command as a job: later, again after a failure, one at a time",
         .details =
             "The command is kept in the queue, safe on the disk, and a worker runs it: the words behind "
             "'--' "
             "as they are, through no shell unless --shell is given, in the folder where you typed it, with "
             "the worker's environment. What it writes goes to the job's log.\n\n"
             "Exit code 0 is success. 75 means: run it again later (in 30 s, or when it asked for); that "
             "uses "
             "up no attempt. Everything else is a failed attempt, tried again with --retries. A command can "
             "tell more on descriptor 3: see 'skerry jobs types add'. It may be run twice when the worker's "
             "machine or process dies in the middle of it, but never twice at the same time.\n\n"
             "--timeout is the time limit of an attempt (24 h unless given); --wait-timeout is how long this "
             "command waits.\n\n"
             "With --wait or --follow this command exits with 0 when the job has succeeded, 13 when it "
             "failed "
             "(the command's own exit code is result.exitCode of --json), 14 when it was cancelled, and 8 "
             "when "
             "--wait-timeout came first. --follow shows the command's standard output on standard output, "
             "and "
             "all else on standard error.",
         .examples = {{"skerry jobs run --wait -- make -j4 test", ""},
                      {"skerry jobs run --name backup --at 03:00 --retries 3 --key disk -- ./backup.sh --all",
                       ""},
                      {"skerry jobs run --dedupe-key reindex --shell -- \"find . -name x | wc -l\"",
                       "only one such job waits or runs"}},
         .input = api::fields_of<RunCommand>(),
         .common = Common::job,
         .run = with<run_command>},
        {.noun = "jobs",
         .verb = "add",
         .summary = "Add a job of a registered type",
         .details = "The type's command gets the payload on its standard input. 'skerry jobs types add' "
                    "registers a type. Exits as 'skerry jobs run' does.",
         .examples = {{"skerry jobs add assets.process \"[1, 2]\" --priority -5", ""},
                      {"skerry jobs add assets.process - --wait < upload.json", "the payload from a file"}},
         .input = api::fields_of<AddJob>(),
         .common = Common::job,
         .run = with<add_job>},
    };
}

} // namespace skerry::cli
