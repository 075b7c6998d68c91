#pragma once

#include "api/field.hpp"
#include "api/json.hpp"
#include "queue/job.hpp"
#include "util/error.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace skerry {
struct App;
namespace db {
class Connection;
}
} // namespace skerry

namespace skerry::queue {

class Run;

/// How a second job with the same dedupe key is met; the numbers stand in the database.
enum class Dedupe {
    none = 0,
    waiting = 27, ///< one may wait while one runs
    active = 31,  ///< the second gets the id of the first while that waits or runs
};

/// What holds for every job of a kind. Stands in the args struct as `static constexpr queue::Policy policy`.
struct Policy {
    std::string_view kind; ///< "runtime.up"
    int attempts = 3;
    std::chrono::milliseconds timeout = std::chrono::minutes(15); ///< of one attempt; then it has failed
    Dedupe dedupe = Dedupe::none;                                 ///< the dedupe key is the kind and the args
};

/// How jobs of a kind are performed. One row each in program/jobs.cpp; made by handler().
struct Kind {
    Policy policy;
    void (*check)(const api::Json& args); ///< throws Error bad_request
    void (*perform)(Run& run, const api::Json& args);
    /// Called in the transaction in which such a job ends dead or cancelled, also for follow-ups that
    /// therefore never begin: brings what people see (a project's status, a turn's state) in line. May be
    /// null. What it wrote is undone when it throws; the job ends all the same.
    void (*abandon)(db::Connection& db, const api::Json& args, const Error& reason);
};

/// What adds jobs by the clock, for the worker, which calls it in a transaction of its own.
struct Feeder {
    std::optional<Time> (*next)(const App& app, db::Connection& db); ///< when it wants to be called
    void (*feed)(const App& app, db::Connection& db, Time now);      ///< adds what is due by now
};

/// Every kind of job there is: what App::job_kinds points to.
struct Kinds {
    std::span<const Kind> rows;
    std::span<const Feeder> feeders{};
    /// Performs the jobs of kinds that are in no row: types that people registered. May be null.
    const Kind* custom = nullptr;

    /// The row of that name, else what performs custom types; null when there is neither.
    [[nodiscard]] const Kind* find(std::string_view name) const noexcept;
};

/// handler<Start, start, abandon_start>(): perform is void(Run&, const Args&), abandon void(db::Connection&,
/// const Args&, const Error&).
template <class Args, void (*Perform)(Run&, const Args&), auto Abandon = nullptr> Kind handler()
{
    Kind kind{Args::policy, [](const api::Json& args) { api::from_json<Args>(args); },
              [](Run& run, const api::Json& args) { Perform(run, api::from_json<Args>(args)); }, nullptr};
    // Told by the type: g++ 12 knows no function's address at compile time under the sanitizers.
    if constexpr (!std::is_null_pointer_v<decltype(Abandon)>)
        kind.abandon = [](db::Connection& db, const api::Json& args, const Error& reason) {
            Abandon(db, api::from_json<Args>(args), reason);
        };
    return kind;
}

} // namespace skerry::queue
