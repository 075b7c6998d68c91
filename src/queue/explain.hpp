#pragma once

#include "api/json.hpp"
#include "app/paths.hpp"
#include "db/connection.hpp"
#include "queue/job.hpp"
#include "queue/pauses.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Why a job is not running, or what became of it, in one sentence.
namespace skerry::queue {

/// A worker that lives.
struct LivingWorker {
    std::string name;
    std::int64_t pid = 0;
    std::int64_t slots = 0;   ///< for the job's queue; 0: it does not serve that
    std::int64_t running = 0; ///< jobs that it performs right now
};

/// The worker that lived last, when none does.
struct LastWorker {
    std::optional<Time> stopped_at{}; ///< absent: it was killed
};

/// All that the sentence depends on.
struct Facts {
    Job job{};
    Time now = 0;
    std::vector<Attempt> attempts{}; ///< the ended ones, oldest first
    std::optional<Pause> pause{};    ///< that holds it
    std::optional<Job> holder{};     ///< the job that runs with its key
    std::string key_name{};          ///< what people call its key
    std::vector<LivingWorker> workers{};
    std::optional<LastWorker> last_worker{}; ///< absent: none has ever been here
    std::int64_t ahead = 0;                  ///< jobs of its queue that come first
    std::optional<JobId> successor{};        ///< the job that took the place of a superseded one
};

/// The states of affairs; their names are for scripts.
enum class Reason {
    suspended,
    paused,
    scheduled,
    rescheduled,
    retrying,
    key_busy,
    no_worker,
    queue_not_served,
    slots_busy,
    next,
    running,
    stopping,
    worker_died,
    succeeded,
    cancelled,
    dead,
    superseded,
};
/// "key_busy" ...
std::string_view name_of(Reason reason) noexcept;

struct Explanation {
    Reason reason = Reason::next;
    std::string sentence{};      ///< "job 7 waits: ..."
    std::string hint{};          ///< the next command
    std::optional<JobId> job{};  ///< the other job that it is about
    std::optional<Time> until{}; ///< when it goes on by itself
};
/// {reason, sentence, hint, jobId, until}
api::Json to_json(const Explanation& explanation);

/// Depends on nothing but the facts.
Explanation explain(const Facts& facts);

/// Reads the facts about a job. Throws Error not_found.
Facts facts_about(const Paths& paths, db::Connection& db, JobId id);

} // namespace skerry::queue
