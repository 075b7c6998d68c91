#include "queue/run.hpp"

#include "events/writer.hpp"
#include "queue/statements.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace skerry::queue {

Run::Run(const App& the_app, db::Connection& own_db, const Job& this_job, std::stop_token token,
         const std::atomic<Stop>* reason)
    : app(the_app), db(own_db), job(this_job), stop(std::move(token)), reason_(reason),
      log_(the_app.paths.job_log(this_job.id))
{
}

Stop Run::stop_reason() const noexcept
{
    return reason_ != nullptr ? reason_->load() : Stop::none;
}

void Run::throw_if_cancelled() const
{
    if (stop.stop_requested())
        throw Error(Code::cancelled, "job " + std::to_string(job.id) + " was asked to stop");
}

void Run::reschedule(std::chrono::milliseconds delay) const
{
    throw Rescheduled{delay};
}

void Run::log(std::string_view line) const
{
    log_.append(line);
}

std::optional<LogSpan> Run::logged() const
{
    const auto written = log_.written();
    if (!written) return std::nullopt;
    return LogSpan{static_cast<std::int64_t>(written->from), static_cast<std::int64_t>(written->to)};
}

void Run::require_lease(db::Connection& connection) const
{
    if (!db::Query(connection, sql::holds, job.id, job.lease).next())
        throw Error(Code::conflict, "job " + std::to_string(job.id) + " was taken away from this worker");
}

void Run::write(const std::function<void()>& rows) const
{
    {
        db::Transaction transaction(db);
        require_lease(db);
        rows();
        transaction.commit();
    }
    Bell::ring(app.paths.running());
}

void Run::write_with_others(const std::function<void(db::Connection&)>& rows) const
{
    app.writer->write([&](db::Connection& shared) {
        require_lease(shared);
        rows(shared);
    });
}

void Run::progress(double fraction, std::string_view message)
{
    progress_ =
        api::Json::object({{"fraction", std::clamp(fraction, 0.0, 1.0)}, {"message", one_line(message, 500)}})
            .dump();
    if (monotonic_now() >= progress_after_) write_progress();
}

void Run::write_progress()
{
    constexpr std::int64_t pause = 250; // milliseconds: four writes a second
    if (progress_ == written_progress_) return;
    db::execute(db, sql::set_progress, job.id, job.lease, progress_); // no row when it was taken away
    written_progress_ = progress_;
    progress_after_ = monotonic_now() + pause;
    Bell::ring(app.paths.running());
}

void Run::commit(std::function<void(db::Connection&)> rows)
{
    success_.rows.push_back(std::move(rows));
}

void Run::result(api::Json value)
{
    success_.result = std::move(value);
}

void Run::enqueue_next(std::vector<FollowUp> jobs)
{
    std::move(jobs.begin(), jobs.end(), std::back_inserter(success_.jobs));
}

} // namespace skerry::queue
