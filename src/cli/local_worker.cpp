#include "cli/local_worker.hpp"

namespace skerry::cli {

LocalWorker::LocalWorker(const App& app, queue::WorkerOptions options, std::function<void()> failed)
    : containers_(app), worker_(app, *app.job_kinds, options),
      thread_([this, tell = std::move(failed)](std::stop_token stop) {
          try {
              worker_.work(stop);
          } catch (...) { // told to the waiting thread, which knows what to do about it
              failure_ = std::current_exception();
              has_failed_ = true;
              tell();
          }
      })
{
}

void LocalWorker::rethrow_failure() const
{
    if (has_failed_) std::rethrow_exception(failure_);
}

} // namespace skerry::cli
