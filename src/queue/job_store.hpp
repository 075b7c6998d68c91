#pragma once

#include "db/connection.hpp"
#include "queue/job.hpp"
#include "queue/kind.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Adding jobs and looking at them. What writes expects the caller's transaction where several belong
/// together.
namespace skerry::queue {

struct Order {
    std::string key{};                  ///< at most one running job of a key; empty: no limit
    std::int64_t priority = 0;          ///< smaller first
    Time run_at = 0;                    ///< 0: now
    std::vector<FollowUp> follow_ups{}; ///< added one after another, each after the success of the one before
    std::optional<JobId> parent{};
    std::string queue = "default";
    std::string name{};                         ///< what a person calls it
    std::optional<std::int64_t> timeout{};      ///< milliseconds of one attempt; else its kind's
    std::optional<std::int64_t> max_attempts{}; ///< else its kind's
    std::optional<std::string> dedupe_key{};    ///< else what its kind makes of the args
    std::optional<Dedupe> dedupe{};             ///< else its kind's
};

struct Added {
    JobId id = 0;
    bool deduplicated = false; ///< the id is that of the twin; nothing of the order was added to it
};

/// Adds a job. The bell is the caller's to ring, after the commit: Bell::ring(paths.running()).
Added add_raw(db::Connection& db, const Policy& policy, const api::Json& args, const Order& order);

/// The job that the success of `parent` starts, in its place in line: with its key, priority and time. It is
/// never refused: while a twin lives it goes without a dedupe key, since others may follow on it.
JobId add_next(db::Connection& db, const Policy& policy, const api::Json& args, const Job& parent,
               std::vector<FollowUp> rest);

/// The args as JSON. Throws Error bad_request when they break a rule of their fields.
template <class Args> api::Json checked_args(const Args& args)
{
    auto json = api::to_json(args);
    api::from_json<Args>(json);
    return json;
}

/// As add_raw. Throws Error bad_request when the args break a rule of their fields.
template <class Args> Added add(db::Connection& db, const Args& args, const Order& order = {})
{
    return add_raw(db, Args::policy, checked_args(args), order);
}

/// Adds a job for each entry of a JSON list of args, all with the same order, and returns the number of the
/// first: the others' numbers follow on it. Much faster than one by one. In the caller's transaction. Throws
/// Error bad_request when the order or the policy has them deduplicated.
JobId add_list(db::Connection& db, const Policy& policy, const std::string& list, const Order& order);

/// As add_list. Throws Error bad_request also when any args break a rule of their fields.
template <class Args>
JobId add_many(db::Connection& db, const std::vector<Args>& all, const Order& order = {})
{
    std::string list;
    for (const auto& args : all) (list += list.empty() ? '[' : ',') += checked_args(args).dump();
    return add_list(db, Args::policy, list.empty() ? "[]" : list + ']', order);
}

template <class Args> FollowUp follow_up(const Args& args)
{
    return {std::string(Args::policy.kind), checked_args(args)};
}

struct Filter {
    std::string state{}; ///< a plain or a detailed name; empty: all
    std::string kind{};
    std::string key{};
    int limit = 50;
    JobId before = 0;                               ///< only older ones than this; 0: all
    std::optional<std::vector<std::string>> keys{}; ///< only those of one of these keys
};

/// The bits of the states that go by that name, plain or detailed; 0 for an empty one. Throws Error
/// bad_request.
std::int64_t states_of(const std::string& name);

std::optional<Job> find(db::Connection& db, JobId id);
/// Throws Error not_found.
Job require(db::Connection& db, JobId id);
/// Newest first. Throws Error bad_request for an unknown state.
std::vector<Job> list(db::Connection& db, const Filter& filter);
/// The newest job of the kind and the key whose args have a `member` with that text, however many came after.
std::optional<Job> newest_about(db::Connection& db, std::string_view kind, const std::string& key,
                                std::string_view member, const std::string& value);
std::vector<Attempt> attempts_of(db::Connection& db, JobId id);
/// Whether a job of the key waits or runs.
bool has_live(db::Connection& db, const std::string& key);
/// Whether anything is left to do for a worker of these queues and kinds (none: of all): jobs that run, are
/// ready or are tried again; not what is paused or waits for a time that a person named.
bool has_work(db::Connection& db, const std::vector<std::string>& queues = {},
              const std::vector<std::string>& kinds = {});
/// The last job of the chain that `first` began, once nothing of the chain waits or runs; else nothing.
std::optional<Job> end_of_chain(db::Connection& db, JobId first);

/// [{kind, args}], as the database keeps follow-ups.
std::string text_of(const std::vector<FollowUp>& follow_ups);

enum class Cancelled {
    now,      ///< it was waiting
    before,   ///< it was cancelled already
    asked,    ///< it runs and was asked to stop
    too_late, ///< it had finished otherwise
};

} // namespace skerry::queue
