#include "queue/worker.hpp"

#include "queue/shift.hpp"

#include <utility>

namespace skerry::queue {

Worker::Worker(const App& app, const Kinds& kinds, WorkerOptions options)
    : app_(app), kinds_(kinds), options_(std::move(options))
{
}

void Worker::work(std::stop_token stop, const std::function<bool(db::Connection&)>& finished)
{
    Shift(app_, kinds_, options_).work(stop, finished);
}

} // namespace skerry::queue
