#include "queue/job_store.hpp"

#include "queue/job_row.hpp"
#include "queue/statements.hpp"
#include "util/error.hpp"

#include <algorithm>

namespace skerry::queue {
namespace {

constexpr int most_crashes = 3;

/// The same members in another order are the same args.
api::Json canonical(const api::Json& value)
{
    if (value.is_array()) {
        auto array = api::Json::array();
        for (const auto& item : value.items()) array.push(canonical(item));
        return array;
    }
    if (!value.is_object()) return value;
    auto members = value.members();
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    auto object = api::Json::object();
    for (const auto& member : members) object.set(member.name, canonical(member.value));
    return object;
}

Dedupe mode_of(const Policy& policy, const Order& order)
{
    if (order.dedupe) return *order.dedupe;
    return order.dedupe_key && policy.dedupe == Dedupe::none ? Dedupe::active : policy.dedupe;
}

std::optional<std::string> dedupe_key(const Policy& policy, const api::Json& args, const Order& order)
{
    if (mode_of(policy, order) == Dedupe::none) return std::nullopt;
    if (order.dedupe_key) return order.dedupe_key;
    return std::string(policy.kind) + " " + canonical(args).dump();
}

/// As the statements take a list; none: all.
std::string list_or_all(const std::vector<std::string>& names)
{
    return names.empty() ? std::string() : api::Json(names).dump();
}

std::optional<std::string> text_if_any(const std::string& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<JobId> enqueue(db::Connection& db, const Policy& policy, const api::Json& args,
                             const Order& order, const std::optional<std::string>& dedupe)
{
    const auto time = now();
    const int added = db::execute(
        db, sql::enqueue, policy.kind, order.queue, order.priority, order.run_at != 0 ? order.run_at : time,
        time, args.dump(), order.max_attempts.value_or(policy.attempts), most_crashes, text_if_any(order.key),
        dedupe, dedupe ? mode_of(policy, order) : Dedupe::none, order.parent, text_of(order.follow_ups),
        text_if_any(order.name), order.timeout);
    return added != 0 ? std::optional(db.last_insert_id()) : std::nullopt;
}

} // namespace

std::int64_t states_of(const std::string& name)
{
    if (name.empty()) return 0;
    std::int64_t states = 0;
    for (int number = 0; number <= static_cast<int>(State::superseded); ++number) {
        const auto state = static_cast<State>(number);
        if (name == shown(state) || name == name_of(state)) states |= 1LL << number;
    }
    if (states == 0)
        throw Error(Code::bad_request, "'" + name + "' is not a state of a job",
                    {.hint = "one of queued, running, succeeded, failed, cancelled, superseded"});
    return states;
}

std::string text_of(const std::vector<FollowUp>& follow_ups)
{
    if (follow_ups.empty()) return "[]";
    auto list = api::Json::array();
    for (const auto& next : follow_ups)
        list.push(api::Json::object({{"kind", next.kind}, {"args", next.args}}));
    return list.dump();
}

Added add_raw(db::Connection& db, const Policy& policy, const api::Json& args, const Order& order)
{
    const auto dedupe = dedupe_key(policy, args, order);
    // Outside of a transaction the twin may end between the two statements: then there is room.
    for (;;) {
        if (const auto id = enqueue(db, policy, args, order, dedupe)) return {*id, false};
        db::Query twin(db, sql::twin, dedupe);
        if (twin.next()) return {twin.number(0), true};
    }
}

JobId add_list(db::Connection& db, const Policy& policy, const std::string& list, const Order& order)
{
    if (mode_of(policy, order) != Dedupe::none)
        throw Error(Code::bad_request, "jobs with a dedupe key are added one by one");
    const auto time = now();
    const int added =
        db::execute(db, sql::enqueue_many, policy.kind, order.queue, order.priority,
                    order.run_at != 0 ? order.run_at : time, time, list,
                    order.max_attempts.value_or(policy.attempts), most_crashes, text_if_any(order.key),
                    order.parent, text_of(order.follow_ups), text_if_any(order.name), order.timeout);
    return db.last_insert_id() - added + 1;
}

JobId add_next(db::Connection& db, const Policy& policy, const api::Json& args, const Job& parent,
               std::vector<FollowUp> rest)
{
    const Order order{.key = parent.key.value_or(""),
                      .priority = parent.priority,
                      .run_at = parent.run_at,
                      .follow_ups = std::move(rest),
                      .parent = parent.id,
                      .queue = parent.queue};
    if (const auto id = enqueue(db, policy, args, order, dedupe_key(policy, args, order))) return *id;
    return enqueue(db, policy, args, order, std::nullopt).value();
}

std::optional<Job> find(db::Connection& db, JobId id)
{
    db::Query row(db, sql::find, id);
    return row.next() ? std::optional(job_of(row)) : std::nullopt;
}

Job require(db::Connection& db, JobId id)
{
    if (auto job = find(db, id)) return *std::move(job);
    throw Error(Code::not_found, "there is no job " + std::to_string(id), {.hint = "skerry jobs list"});
}

std::vector<Job> list(db::Connection& db, const Filter& filter)
{
    std::vector<Job> found;
    const auto keys = filter.keys ? std::optional(api::Json(*filter.keys).dump()) : std::nullopt;
    db::Query row(db, sql::list, states_of(filter.state), filter.kind, filter.key, filter.limit,
                  filter.before, keys);
    while (row.next()) found.push_back(job_of(row));
    return found;
}

std::optional<Job> newest_about(db::Connection& db, std::string_view kind, const std::string& key,
                                std::string_view member, const std::string& value)
{
    db::Query row(db, sql::newest_about, kind, key, "$." + std::string(member), value);
    return row.next() ? std::optional(job_of(row)) : std::nullopt;
}

std::vector<Attempt> attempts_of(db::Connection& db, JobId id)
{
    std::vector<Attempt> found;
    db::Query row(db, sql::attempts, id);
    while (row.next())
        found.push_back({row.number(0), row.text(1), row.number(2), row.number_if_any(3), row.text_if_any(4),
                         row.text_if_any(5), row.number_if_any(6), row.number_if_any(7)});
    return found;
}

bool has_live(db::Connection& db, const std::string& key)
{
    return db::Query(db, sql::live_of_key, key).next();
}

bool has_work(db::Connection& db, const std::vector<std::string>& queues,
              const std::vector<std::string>& kinds)
{
    db::Query row(db, sql::any_live, list_or_all(queues), list_or_all(kinds));
    return row.next() && row.boolean(0);
}

std::optional<Job> end_of_chain(db::Connection& db, JobId first)
{
    for (auto job = require(db, first);;) {
        if (!is_finished(job.state)) return std::nullopt;
        db::Query next(db, sql::child, job.id);
        if (!next.next()) return job;
        job = require(db, next.number(0));
    }
}

} // namespace skerry::queue
