#include "queue/run.hpp"

#include "queue/job_log.hpp"
#include "queue/statements.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"

#include <iterator>
#include <utility>

namespace skerry::queue {

Run::Run(const App& the_app, db::Connection& own_db, const Job& this_job, std::stop_token token,
         const std::atomic<Stop>* reason)
    : app(the_app), db(own_db), job(this_job), stop(std::move(token)), reason_(reason)
{
}

Stop Run::stop_reason() const noexcept
{
    return reason_ != nullptr ? reason_->load() : Stop::none;
}

void Run::throw_if_stopped() const
{
    if (stop.stop_requested())
        throw Error(Code::cancelled, "job " + std::to_string(job.id) + " was asked to stop");
}

void Run::reschedule(std::chrono::milliseconds delay) const
{
    throw Rescheduled{delay};
}

void Run::say(std::string_view line) const
{
    append_to_job_log(app.paths, job.id, line);
}

void Run::write(const std::function<void()>& rows) const
{
    {
        db::Transaction transaction(db);
        if (!db::Query(db, sql::holds, job.id, job.lease).next())
            throw Error(Code::conflict, "job " + std::to_string(job.id) + " was taken away from this worker");
        rows();
        transaction.commit();
    }
    Bell::ring(app.paths.running());
}

void Run::at_success(std::function<void()> rows)
{
    success_.rows.push_back(std::move(rows));
}

void Run::continue_with(std::vector<FollowUp> jobs)
{
    std::move(jobs.begin(), jobs.end(), std::back_inserter(success_.jobs));
}

} // namespace skerry::queue
