#include "exec/exec_job.hpp"

#include "exec/attempt_lock.hpp"
#include "exec/command_run.hpp"
#include "exec/handler_messages.hpp"
#include "exec/orphans.hpp"
#include "queue/job_store.hpp"
#include "queue/statements.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::exec {
namespace {

constexpr int again_later = 75; ///< EX_TEMPFAIL of sysexits.h
constexpr std::chrono::milliseconds usual_delay = std::chrono::seconds(30);
constexpr std::string_view descriptor_of_messages = "3";

process::Command command_of(const Exec& args)
{
    if (args.command.empty() == !args.shell)
        throw Error(Code::bad_request, "a job of the kind exec needs a command or a shell text");
    process::Command command{.words = args.shell ? std::vector<std::string>{"/bin/sh", "-c", *args.shell}
                                                 : args.command,
                             .folder = args.folder,
                             .input = args.input.value_or("")};
    for (const auto& entry : args.environment) command.environment.push_back(variable(entry));
    return command;
}

/// Ours come last and replace what stands there: a command is told the truth.
void tell_about_job(process::Command& command, const queue::Run& run)
{
    const std::vector<std::pair<std::string, std::string>> ours{
        {"SKERRY_JOB_ID", std::to_string(run.job.id)},
        {"SKERRY_ATTEMPT", std::to_string(run.job.attempt)},
        {"SKERRY_JOB_TYPE", run.job.kind},
        {"SKERRY_FD", std::string(descriptor_of_messages)},
        {"SKERRY_DATA_DIR", std::filesystem::absolute(run.app.paths.data()).string()}};
    auto& variables = command.environment;
    for (const auto& [name, value] : ours) {
        std::erase_if(variables, [&, &key = name](const auto& one) { return one.first == key; });
        variables.emplace_back(name, value);
    }
}

/// What a command has said, and what it said last.
struct Conversation {
    explicit Conversation(queue::Run& run)
        : messages({[&run](double fraction, const std::string& text) { run.progress(fraction, text); },
                    [&run](std::string_view line) { run.log("[log] " + std::string(line)); },
                    [&run](std::string_view what) { run.log("warning: " + std::string(what)); }}),
          listeners{[&run](std::string_view line) { run.log("[out] " + std::string(line)); },
                    [this, &run](std::string_view line) {
                        run.log("[err] " + std::string(line));
                        if (!trim(line).empty()) last_words = one_line(line, 200);
                    },
                    [this](std::string_view part) { messages.add(part); }}
    {
    }
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    HandlerMessages messages;
    std::string last_words; ///< the last line of its standard error
    Listeners listeners;
};

api::Json result_of(const process::Ending& ending, const Conversation& said)
{
    auto result = api::Json::object({{"exitCode", ending.code}});
    if (ending.signal != 0) result.set("signal", ending.signal);
    if (said.messages.result()) result.set("result", *said.messages.result());
    return result;
}

/// The result of an attempt that has failed is worth knowing too. When the job was taken away from this
/// worker nobody wants it.
void keep_result(const queue::Run& run, const api::Json& result)
{
    db::execute(run.db, queue::sql::set_result, run.job.id, run.job.lease, result.dump());
}

void conclude(queue::Run& run, const process::Ending& ending, const Conversation& said)
{
    const auto result = result_of(ending, said);
    const auto& messages = said.messages;
    if (messages.discard()) {
        keep_result(run, result);
        throw Error(Code::bad_request, *messages.discard());
    }
    if (ending.code == again_later || (ending.good() && messages.again()))
        run.reschedule(messages.again().value_or(usual_delay));
    if (ending.good()) return run.result(result);
    keep_result(run, result);
    throw Error(Code::unavailable, ending.text() + (said.last_words.empty() ? "" : ": " + said.last_words));
}

/// Whoever takes a job over has raised its lease before it looks for locks, and whoever was to run it before
/// looks at the lease after it has locked: one of the two sees the other, wherever the other one stands
/// still.
void be_alone(queue::Run& run)
{
    constexpr std::chrono::milliseconds pause = std::chrono::seconds(5);
    const auto& paths = run.app.paths;
    const auto [ended, held] = end_orphans(paths, run.job.id, run.job.lease, run.stop);
    if (ended > 0) run.log("ended " + std::to_string(ended) + " processes that an attempt before had left");
    if (held) {
        run.log("the worker of an attempt before hangs and may still run the command: trying again in 5 s");
        run.reschedule(pause);
    }
    end_all_orphans(paths, run.db, run.stop);
    run.throw_if_cancelled();
    if (queue::require(run.db, run.job.id).lease != run.job.lease)
        throw Error(Code::conflict, "job " + std::to_string(run.job.id) + " was taken away from this worker");
}

} // namespace

std::pair<std::string, std::string> variable(const std::string& text)
{
    const auto sign = text.find('=');
    if (sign != std::string::npos && sign > 0) return {text.substr(0, sign), text.substr(sign + 1)};
    throw Error(Code::bad_request, "'" + one_line(text, 60) + "' is not NAME=value");
}

void perform_command(queue::Run& run, process::Command command)
{
    tell_about_job(command, run);
    AttemptLock lock(run.app.paths, run.job.id, run.job.lease);
    be_alone(run);
    Conversation said(run);
    const auto ending = run_command(std::move(command), lock, said.listeners, run.stop);
    said.messages.finish();
    conclude(run, ending, said);
}

void perform_exec(queue::Run& run, const Exec& args)
{
    perform_command(run, command_of(args));
}

} // namespace skerry::exec
