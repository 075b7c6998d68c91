#include "exec/job_type.hpp"

#include "exec/exec_job.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::exec {
namespace {

Error no_such_type(std::string_view name)
{
    return {Code::not_found,
            "there is no job type '" + one_line(name, 60) + "'",
            {.hint = "skerry jobs types list"}};
}

bool can_be_name(std::string_view name)
{
    constexpr std::size_t longest = 100;
    const auto is_letter = [](char letter) { return letter >= 'a' && letter <= 'z'; };
    return !name.empty() && name.size() <= longest && is_letter(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char letter) {
               return is_letter(letter) || (letter >= '0' && letter <= '9') ||
                      std::string_view("._-").find(letter) != std::string_view::npos;
           });
}

bool is_built_in(const queue::Kinds& kinds, std::string_view name)
{
    return std::any_of(kinds.rows.begin(), kinds.rows.end(),
                       [&](const queue::Kind& kind) { return kind.policy.kind == name; });
}

void check(const queue::Kinds& kinds, const JobType& type)
{
    if (!can_be_name(type.name))
        throw Error(Code::bad_request, "'" + one_line(type.name, 60) + "' cannot be the name of a job type",
                    {.hint = "small letters, digits, '.', '_' and '-', a letter first: assets.process"});
    if (is_built_in(kinds, type.name))
        throw Error(Code::conflict, "'" + type.name + "' is a kind of job of skerry's own",
                    {.hint = "choose another name"});
    if (type.command.empty()) throw Error(Code::bad_request, "a job type needs a command");
}

api::Json environment_json(const JobType& type)
{
    auto json = api::Json::object();
    for (const auto& [name, value] : type.environment) json.set(name, value);
    return json;
}

std::vector<std::string> words_of(const api::Json& list)
{
    std::vector<std::string> words;
    for (const auto& item : list.items()) words.push_back(item.text());
    return words;
}

JobType type_of(const db::Query& row)
{
    JobType type{.name = row.text(0),
                 .command = words_of(api::Json::parse(row.text(1))),
                 .folder = row.text_if_any(2).value_or(""),
                 .queue = row.text(4),
                 .max_attempts = row.number(5),
                 .timeout = row.number(6),
                 .created_at = row.number(7),
                 .updated_at = row.number(8)};
    const auto variables = api::Json::parse(row.text(3));
    for (const auto& [name, value] : variables.members()) type.environment.emplace_back(name, value.text());
    return type;
}

void perform_custom(queue::Run& run, const api::Json& args)
{
    const auto type = find_type(run.db, run.job.kind);
    if (!type)
        throw Error(Code::bad_request,
                    "unknown type: this skerry knows no kind of job '" + run.job.kind + "'",
                    {.hint = "'skerry jobs types add " + run.job.kind +
                             " -- COMMAND...' registers it; then 'skerry jobs retry " +
                             std::to_string(run.job.id) + "'"});
    perform_command(run, {.words = type->command,
                          .folder = type->folder,
                          .environment = type->environment,
                          .input = args.dump() + "\n"});
}

} // namespace

api::Json to_json(const JobType& type)
{
    return api::Json::object({{"name", type.name},
                              {"command", type.command},
                              {"folder", type.folder},
                              {"environment", environment_json(type)},
                              {"queue", type.queue},
                              {"maxAttempts", type.max_attempts},
                              {"timeout", type.timeout},
                              {"createdAt", type.created_at},
                              {"updatedAt", type.updated_at}});
}

JobType put_type(db::Connection& db, const queue::Kinds& kinds, JobType type)
{
    check(kinds, type);
    db::execute(db, R"sql(
        insert into job_types(name, command, folder, environment, queue, max_attempts, timeout, created_at, updated_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
        on conflict(name) do update set command = ?2, folder = ?3, environment = ?4, queue = ?5, max_attempts = ?6,
                                        timeout = ?7, updated_at = ?8)sql",
                type.name, api::Json(type.command).dump(), type.folder, environment_json(type).dump(),
                type.queue, type.max_attempts, type.timeout, now());
    return require_type(db, type.name);
}

std::optional<JobType> find_type(db::Connection& db, std::string_view name)
{
    db::Query row(db, R"sql(
        select name, command, folder, environment, queue, max_attempts, timeout, created_at, updated_at
        from job_types where name = ?1)sql",
                  name);
    return row.next() ? std::optional(type_of(row)) : std::nullopt;
}

JobType require_type(db::Connection& db, std::string_view name)
{
    if (auto type = find_type(db, name)) return *std::move(type);
    throw no_such_type(name);
}

std::vector<JobType> list_types(db::Connection& db)
{
    std::vector<JobType> types;
    db::Query row(db, R"sql(
        select name, command, folder, environment, queue, max_attempts, timeout, created_at, updated_at
        from job_types order by name)sql");
    while (row.next()) types.push_back(type_of(row));
    return types;
}

void delete_type(db::Connection& db, std::string_view name)
{
    if (db::execute(db, "delete from job_types where name = ?1", name) == 0) throw no_such_type(name);
}

queue::Added add_job(db::Connection& db, const queue::Kinds& kinds, std::string_view name,
                     const api::Json& payload, queue::Order order)
{
    if (is_built_in(kinds, name))
        throw Error(Code::bad_request, "'" + std::string(name) + "' is a kind of job of skerry's own",
                    {.hint =
                         "'skerry jobs types add' registers one that can be added; 'skerry jobs run' runs "
                         "a command"});
    const auto type = require_type(db, name);
    if (order.queue.empty()) order.queue = type.queue;
    if (!order.max_attempts) order.max_attempts = type.max_attempts;
    if (!order.timeout) order.timeout = type.timeout;
    return queue::add_raw(db, {.kind = type.name}, payload, order);
}

const queue::Kind& custom_kind()
{
    static const queue::Kind kind{{.kind = "custom"}, [](const api::Json&) {}, perform_custom, nullptr};
    return kind;
}

} // namespace skerry::exec
