#pragma once

#include "app/paths.hpp"
#include "app/settings.hpp"
#include "db/connection.hpp"
#include "queue/job.hpp"

#include <limits>
#include <map>
#include <string>
#include <vector>

/// How long finished jobs are kept, and their removal in small steps that keep nobody waiting.
namespace skerry::queue {

/// Jobs in this state are kept for so long, and longer while they are among the last of their kind, or of
/// all.
struct KeepRule {
    State state = State::succeeded;
    std::int64_t keep_for = 0;  ///< milliseconds since the job finished
    std::int64_t keep_last = 0; ///< so many in any case
    bool per_kind = false;      ///< so many of each kind
};

/// What the settings say. Throws Error bad_request for a duration that is none.
std::vector<KeepRule> keep_rules(const Settings& settings);

/// The finished states with the name; all of them for an empty one. Throws Error bad_request for a state in
/// which jobs are not finished.
std::vector<State> finished_states(const std::string& name);

/// One walk over all finished jobs, newest first, a step at a time. Never removed are the job with the
/// highest number, since numbers are not to come twice, and jobs on which a live one has followed.
class Retention {
public:
    /// With `removes` false it only counts what it would remove.
    Retention(Paths paths, std::vector<KeepRule> rules, bool removes = true);

    /// Looks at some jobs and removes 500 of them at most, with their attempts and logs, in one transaction
    /// of its own. Returns how many. A few milliseconds.
    int step(db::Connection& db, Time now);
    /// Whether the walk is over: then start again after some minutes, with a new Retention.
    [[nodiscard]] bool is_done() const noexcept { return rule_ == rules_.size(); }
    /// How many jobs were removed so far.
    [[nodiscard]] const std::map<State, std::int64_t>& removed() const noexcept { return removed_; }

private:
    /// Where the walk has come to.
    struct Place {
        Time finished_at = std::numeric_limits<Time>::max();
        JobId id = std::numeric_limits<JobId>::max();
    };
    struct Row {
        Place place;
        std::string kind;
    };

    void skip_what_is_kept(Time now);
    std::vector<Row> next_rows(db::Connection& db) const;
    std::vector<Row> surplus_of(const std::vector<Row>& rows, Time now);
    bool is_kept(const Row& row, Time now);
    static int count(db::Connection& db, const std::vector<Row>& surplus);
    int remove(db::Connection& db, const std::vector<Row>& surplus);

    Paths paths_;
    std::vector<KeepRule> rules_;
    bool removes_;
    std::size_t rule_ = 0;                       ///< whose jobs the walk goes over
    Place place_{};                              ///< older ones are still to be looked at
    std::map<std::string, std::int64_t> kept_{}; ///< so far, of each kind, or of all under ""
    std::map<State, std::int64_t> removed_{};
};

/// Removes the logs of jobs that are not there any more: their remover died half-way. Returns how many.
int remove_orphaned_logs(const Paths& paths, db::Connection& db);

} // namespace skerry::queue
