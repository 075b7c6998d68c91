#include "schedules/schedule_actions.hpp"

#include "schedules/feeder.hpp"
#include "schedules/schedule_store.hpp"
#include "schedules/slots.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/text.hpp"
#include "util/user.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace fs = std::filesystem;

namespace skerry::schedules {
namespace {

Error wrong_field(const std::string& field, const std::string& message, const std::string& hint)
{
    return {Code::bad_request, message, {.hint = hint, .fields = {{field, message}}}};
}

/// A name goes into commands and tables: without blanks, and not like an option.
void require_plain(const std::string& name)
{
    const auto is_plain = [](unsigned char letter) {
        return letter >= 0x80 || std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.';
    };
    if (!name.starts_with('-') && std::all_of(name.begin(), name.end(), is_plain)) return;
    throw wrong_field("name", "'" + one_line(name, 60) + "' cannot be the name of a schedule",
                      "letters, digits, '-', '_' and '.'");
}

/// A job runs elsewhere: what names a folder here is made absolute.
std::string absolute_folder(const std::string& name)
{
    std::error_code none;
    if (!fs::is_directory(name, none))
        throw wrong_field("cwd", "'" + one_line(name, 200) + "' is not a folder", "--cwd FOLDER");
    return fs::canonical(name).string();
}

void require_variables(const std::vector<std::string>& variables)
{
    for (const auto& variable : variables)
        if (const auto sign = variable.find('='); sign == std::string::npos || sign == 0)
            throw wrong_field("env", "'" + one_line(variable, 60) + "' is not NAME=VALUE",
                              "write it like --env STAGE=test");
}

std::optional<std::int64_t> timeout_of(const std::optional<std::string>& text)
{
    if (!text) return std::nullopt;
    const auto milliseconds = parse_duration(*text);
    if (milliseconds == 0) throw wrong_field("timeout", "a timeout of 0 lets nothing run", "--timeout 5m");
    return milliseconds;
}

Task task_for(const AddSchedule& input)
{
    if (input.command.empty() || input.command.front().empty())
        throw wrong_field("command", "no command is given",
                          "skerry schedules add nightly --cron '0 3 * * *' -- COMMAND ARG...");
    require_variables(input.env);
    return {.kind = "exec",
            .args = api::Json::object({{"command", input.command},
                                       {"folder", absolute_folder(input.cwd.value_or("."))},
                                       {"environment", input.env}}),
            .queue = input.queue.value_or("default"),
            .priority = input.priority,
            .max_attempts = input.retries + 1,
            .timeout = timeout_of(input.timeout),
            .key = input.key.value_or("")};
}

/// Throws Error bad_request when it never runs.
Time next_of(const std::string& expression, const std::string& timezone, Time after)
{
    const auto cron = parse_cron(expression);
    if (const auto next = next_slot(cron, Timezone(timezone), after)) return *next;
    throw wrong_field("cron", "no day matches '" + one_line(expression, 80) + "'",
                      "look at the day of month and the month");
}

Answer changed(api::Context& context, const std::string& name)
{
    Bell::ring(context.app.paths.running());
    return {.schedule = require(context.db, name)};
}

} // namespace

api::Json to_json(const Answer& answer)
{
    auto json = to_json(answer.schedule);
    if (answer.job) json.set("jobId", *answer.job);
    return json;
}

Answer add_schedule(api::Context& context, const AddSchedule& input)
{
    require_plain(input.name);
    Schedule schedule{.name = input.name,
                      .cron = std::string(trim(input.cron)),
                      .timezone = input.timezone ? *input.timezone : local_timezone(),
                      .missed = missed_named(input.missed),
                      .task = task_for(input),
                      .created_at = now()};
    schedule.next_at = next_of(schedule.cron, schedule.timezone, schedule.created_at);
    db::Transaction transaction(context.db);
    if (!insert(context.db, schedule))
        throw Error(Code::conflict, "there is a schedule '" + one_line(input.name, 100) + "' already",
                    {.hint = "skerry schedules delete " + one_line(input.name, 100)});
    transaction.commit();
    return changed(context, input.name);
}

Answer pause_schedule(api::Context& context, const NamedSchedule& input)
{
    db::Transaction transaction(context.db);
    require(context.db, input.name);
    const auto& caller = context.caller;
    pause(context.db, input.name, caller.kind == api::Caller::Kind::terminal ? user_name() : caller.name);
    transaction.commit();
    return changed(context, input.name);
}

Answer resume_schedule(api::Context& context, const NamedSchedule& input)
{
    db::Transaction transaction(context.db);
    const auto schedule = require(context.db, input.name);
    resume(context.db, input.name, next_of(schedule.cron, schedule.timezone, now()));
    transaction.commit();
    return changed(context, input.name);
}

Answer delete_schedule(api::Context& context, const NamedSchedule& input)
{
    db::Transaction transaction(context.db);
    const auto schedule = require(context.db, input.name);
    remove(context.db, input.name);
    transaction.commit();
    return {.schedule = schedule};
}

Answer run_schedule_now(api::Context& context, const NamedSchedule& input)
{
    db::Transaction transaction(context.db);
    const auto job = add_job(context.db, require(context.db, input.name), std::nullopt).id;
    set_last(context.db, input.name, now(), job);
    transaction.commit();
    auto answer = changed(context, input.name);
    answer.job = job;
    return answer;
}

} // namespace skerry::schedules
