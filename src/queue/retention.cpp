#include "queue/retention.hpp"

#include "queue/retention_statements.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <limits>

namespace fs = std::filesystem;

namespace skerry::queue {
namespace {

constexpr int most_looked_at = 2'000; ///< in one step
constexpr std::size_t most_removed = 500;
constexpr std::array finished{State::succeeded, State::cancelled, State::dead, State::superseded};

std::int64_t duration(std::string_view name, const std::string& text)
{
    try {
        return parse_duration(text);
    } catch (const Error& fault) {
        throw Error(Code::bad_request, std::string(name) + ": " + fault.what(),
                    {.hint = fault.hint(), .fields = {{std::string(name), fault.what()}}});
    }
}

/// The job whose log that is: "12.log" and, when it was rotated, "12.log.1".
std::optional<JobId> job_of_log(const fs::path& file)
{
    const auto name = file.filename().string();
    JobId id = 0;
    const auto* const end = name.data() + name.size();
    const auto [rest, fault] = std::from_chars(name.data(), end, id);
    if (fault != std::errc{} || id <= 0) return std::nullopt;
    return std::string_view(rest, static_cast<std::size_t>(end - rest)).starts_with(".log")
               ? std::optional(id)
               : std::nullopt;
}

void remove_logs(const Paths& paths, JobId id)
{
    std::error_code none;
    const auto file = paths.job_log(id);
    fs::remove(file, none);
    fs::remove(file.string() + ".1", none);
}

bool prune(db::Connection& db, JobId id, Time finished_at)
{
    if (db::execute(db, sql::prune, id, finished_at) == 0) return false;
    db::execute(db, sql::prune_attempts, id);
    return true;
}

bool may_be_pruned(db::Connection& db, JobId id, Time finished_at)
{
    return db::Query(db, sql::may_be_pruned, id, finished_at).next();
}

} // namespace

std::vector<KeepRule> keep_rules(const Settings& settings)
{
    const auto soon = duration("keepCancelled", settings.keep_cancelled);
    return {{.state = State::succeeded,
             .keep_for = duration("keepSucceeded", settings.keep_succeeded),
             .keep_last = settings.keep_last_succeeded,
             .per_kind = true},
            {.state = State::cancelled, .keep_for = soon},
            {.state = State::superseded, .keep_for = soon},
            {.state = State::dead,
             .keep_for = duration("keepFailed", settings.keep_failed),
             .keep_last = settings.keep_last_failed}};
}

std::vector<State> finished_states(const std::string& name)
{
    std::vector<State> states;
    for (const auto state : finished)
        if (name.empty() || name == shown(state) || name == name_of(state)) states.push_back(state);
    if (states.empty())
        throw Error(Code::bad_request, "jobs in the state '" + one_line(name, 40) + "' are not finished",
                    {.hint = "one of succeeded, failed, cancelled, superseded"});
    return states;
}

Retention::Retention(Paths paths, std::vector<KeepRule> rules, bool removes)
    : paths_(std::move(paths)), rules_(std::move(rules)), removes_(removes)
{
}

/// Once as many are kept as are to be in any case, only the old ones are still to be looked at.
void Retention::skip_what_is_kept(Time now)
{
    const auto& rule = rules_[rule_];
    if (rule.per_kind ? rule.keep_last > 0 : kept_[""] < rule.keep_last) return;
    if (const auto young = now - rule.keep_for; place_.finished_at > young) place_ = {.finished_at = young};
}

std::vector<Retention::Row> Retention::next_rows(db::Connection& db) const
{
    std::vector<Row> found;
    db::Query row(db, sql::finished_before, rules_[rule_].state, place_.finished_at, place_.id,
                  most_looked_at);
    while (row.next()) found.push_back({{row.number(1), row.number(0)}, row.text(2)});
    return found;
}

bool Retention::is_kept(const Row& row, Time now)
{
    const auto& rule = rules_[rule_];
    auto& kept = kept_[rule.per_kind ? row.kind : ""];
    const bool keep = kept < rule.keep_last || now - row.place.finished_at < rule.keep_for;
    kept += keep ? 1 : 0;
    return keep;
}

/// Goes on with the walk, over these rows, until enough are found that may go.
std::vector<Retention::Row> Retention::surplus_of(const std::vector<Row>& rows, Time now)
{
    std::vector<Row> surplus;
    for (const auto& row : rows) {
        if (surplus.size() == most_removed) break;
        place_ = row.place;
        if (!is_kept(row, now)) surplus.push_back(row);
    }
    return surplus;
}

int Retention::count(db::Connection& db, const std::vector<Row>& surplus)
{
    return static_cast<int>(std::count_if(surplus.begin(), surplus.end(), [&](const Row& row) {
        return may_be_pruned(db, row.place.id, row.place.finished_at);
    }));
}

int Retention::remove(db::Connection& db, const std::vector<Row>& surplus)
{
    if (surplus.empty()) return 0;
    std::vector<JobId> gone;
    db::Transaction transaction(db);
    for (const auto& row : surplus)
        if (prune(db, row.place.id, row.place.finished_at)) gone.push_back(row.place.id);
    transaction.commit();
    for (const auto id : gone) remove_logs(paths_, id);
    return static_cast<int>(gone.size());
}

int Retention::step(db::Connection& db, Time now)
{
    if (is_done()) return 0;
    skip_what_is_kept(now);
    const auto rows = next_rows(db);
    const auto state = rules_[rule_].state;
    if (rows.empty()) {
        ++rule_;
        place_ = {};
        kept_.clear();
        return 0;
    }
    const auto gone = removes_ ? remove(db, surplus_of(rows, now)) : count(db, surplus_of(rows, now));
    if (gone > 0) removed_[state] += gone;
    return gone;
}

int remove_orphaned_logs(const Paths& paths, db::Connection& db)
{
    std::error_code none;
    int count = 0;
    for (const auto& entry : fs::directory_iterator(paths.job_log(0).parent_path(), none)) {
        const auto id = job_of_log(entry.path());
        if (!id || db::Query(db, sql::is_there, *id).next()) continue;
        count += fs::remove(entry.path(), none) ? 1 : 0;
    }
    return count;
}

} // namespace skerry::queue
