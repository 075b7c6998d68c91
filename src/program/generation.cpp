#include "program/generation.hpp"

#include "exec/orphans.hpp"
#include "program/actions.hpp"

namespace skerry::program {

Generation::Generation(Configured configured, const Lasting& lasting)
    : configured_(std::move(configured)), site_{configured_.opened->app, actions(),   lasting.options,
                                                lasting.connections,     lasting.hub, lasting.tail,
                                                lasting.metrics},
      failed_(lasting.failed)
{
}

void Generation::start_worker()
{
    if (!configured_.worker) return;
    auto& opened = *configured_.opened;
    exec::end_all_orphans(opened.app.paths, opened.db);
    worker_ = std::jthread([this, &app = opened.app](const std::stop_token& stop) {
        try {
            queue::Worker(app, *app.job_kinds, *configured_.worker).work(stop);
        } catch (...) {
            failed_(std::current_exception());
        }
    });
}

void Generation::stop_worker()
{
    worker_.request_stop();
    if (worker_.joinable()) worker_.join();
}

std::shared_ptr<Generation> Newest::get() const
{
    const std::lock_guard guard(mutex_);
    return generation_;
}

void Newest::set(std::shared_ptr<Generation> generation)
{
    const std::lock_guard guard(mutex_);
    generation_.swap(generation); // the former one ends outside of the lock, or with its last request
}

} // namespace skerry::program
