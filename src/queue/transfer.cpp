#include "queue/transfer.hpp"

#include "queue/job_row.hpp"
#include "queue/job_store.hpp"
#include "queue/transfer_line.hpp"
#include "queue/transfer_statements.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <functional>
#include <unordered_map>
#include <utility>

namespace skerry::queue {
namespace {

constexpr int rows_at_a_time = 200; ///< no statement stays open while somebody prints
constexpr std::size_t most_faults = 20;

std::vector<Carried> jobs_after(db::Connection& db, JobId id, std::int64_t states)
{
    std::vector<Carried> found;
    for (db::Query row(db, sql::jobs_after, id, states, rows_at_a_time); row.next();)
        found.push_back(
            {.job = job_of(row), .dedupe_key = row.text_if_any(25), .dedupe_mask = row.number(26)});
    for (auto& carried : found)
        for (auto& attempt : attempts_of(db, carried.job.id))
            if (attempt.ended_at) carried.attempts.push_back(std::move(attempt));
    return found;
}

std::vector<Carried> read_lines(std::string_view lines)
{
    std::vector<Carried> found;
    std::vector<FieldError> faults;
    for (std::size_t begin = 0, number = 1; begin < lines.size(); ++number) {
        const auto end = std::min(lines.find('\n', begin), lines.size());
        const auto line = trim(lines.substr(begin, end - begin));
        begin = end + 1;
        if (line.empty()) continue;
        try {
            found.push_back(read_line(line));
        } catch (const Error& fault) {
            if (faults.size() < most_faults)
                faults.push_back({"line " + std::to_string(number), fault.what()});
        }
    }
    if (faults.empty()) return found;
    std::string message = "nothing was imported";
    for (const auto& [line, why] : faults) message.append("; ").append(line).append(": ").append(why);
    throw Error(Code::bad_request, message,
                {.hint = "skerry jobs export writes such lines", .fields = faults});
}

/// Jobs that were made at the same time, of the same type, with the same args, are taken for the same.
std::size_t trait_of(Time created_at, std::string_view kind, std::string_view args)
{
    std::string text = std::to_string(created_at);
    text.append(" ").append(kind).append(" ").append(args);
    return std::hash<std::string>{}(text);
}

/// How often each is there.
std::unordered_map<std::size_t, int> traits_in(db::Connection& db)
{
    std::unordered_map<std::size_t, int> found;
    for (db::Query row(db, sql::traits); row.next();)
        ++found[trait_of(row.number(0), row.text(1), row.text(2))];
    return found;
}

std::optional<std::string> dumped(const std::optional<api::Json>& json)
{
    return json ? std::optional(json->dump()) : std::nullopt;
}

/// Its new number; nothing when a twin is alive.
std::optional<JobId> insert(db::Connection& db, const Carried& carried)
{
    const auto& job = carried.job;
    db::Query row(db, sql::import_job, job.kind, job.queue, job.priority, job.state, job.args.dump(),
                  job.run_at, job.attempt, job.max_attempts, job.crashes, job.max_crashes, job.lease,
                  job.started_at, job.key, carried.dedupe_key, carried.dedupe_mask, job.cancel_at,
                  dumped(job.progress), dumped(job.result), job.error, job.name, job.timeout,
                  text_of(job.follow_ups), job.created_at, job.finished_at);
    if (!row.next()) return std::nullopt;
    const auto id = row.number(0);
    row.run();
    for (const auto& attempt : carried.attempts)
        db::execute(db, sql::import_attempt, id, attempt.lease, attempt.worker, attempt.started_at,
                    attempt.ended_at, attempt.outcome, attempt.error);
    return id;
}

} // namespace

std::int64_t export_jobs(db::Connection& db, std::int64_t states,
                         const std::function<void(std::string_view line)>& take)
{
    std::int64_t count = 0;
    for (JobId last = 0;;) {
        const auto jobs = jobs_after(db, last, states);
        if (jobs.empty()) return count;
        for (const auto& carried : jobs) take(line_of(carried));
        count += static_cast<std::int64_t>(jobs.size());
        last = jobs.back().job.id;
    }
}

api::Json to_json(const Imported& imported)
{
    return api::Json::object(
        {{"added", imported.added}, {"alreadyThere", imported.known}, {"twins", imported.twins}});
}

Imported import_jobs(db::Connection& db, std::string_view lines, Time now)
{
    auto jobs = read_lines(lines);
    Imported imported;
    std::unordered_map<JobId, JobId> new_ids;
    db::Transaction transaction(db);
    auto there = traits_in(db);
    for (auto& carried : jobs) {
        auto& job = carried.job;
        if (auto& count = there[trait_of(job.created_at, job.kind, job.args.dump())]; count > 0) {
            --count;
            ++imported.known;
            continue;
        }
        make_waiting(job, now);
        if (const auto id = insert(db, carried)) {
            new_ids.emplace(job.id, *id);
            ++imported.added;
        } else {
            ++imported.twins;
        }
    }
    for (const auto& [job, key, mask, attempts] : jobs)
        if (job.parent && new_ids.contains(job.id) && new_ids.contains(*job.parent))
            db::execute(db, sql::set_parent, new_ids.at(job.id), new_ids.at(*job.parent));
    transaction.commit();
    return imported;
}

} // namespace skerry::queue
