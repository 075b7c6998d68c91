#include "http/helpers.hpp"

#include <algorithm>
#include <exception>

namespace skerry::http {
namespace {

constexpr std::size_t most_taken = 16; // things that a thread takes: the lock is then no burden

} // namespace

Helpers::Helpers(std::size_t count) noexcept
{
    try {
        threads_.reserve(count);
        while (threads_.size() < count) threads_.emplace_back([this] { help(); });
    } catch (const std::exception&) { // do with those that are there
        return;
    }
}

Helpers::~Helpers()
{
    {
        const std::lock_guard guard(lock_);
        finished_ = true;
    }
    begun_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void Helpers::for_each(std::size_t count, const std::function<void(std::size_t)>& work)
{
    std::unique_lock guard(lock_);
    job_ = {.work = &work, .count = count, .next = 0};
    if (count > most_taken) begun_.notify_all();
    take_part(guard);
    done_.wait(guard, [this] { return at_work_ == 0; });
    job_ = {};
}

void Helpers::help()
{
    std::unique_lock guard(lock_);
    for (;;) {
        begun_.wait(guard, [this] { return job_.next < job_.count || finished_; });
        if (finished_) return;
        ++at_work_;
        take_part(guard);
        if (--at_work_ == 0) done_.notify_one();
    }
}

void Helpers::take_part(std::unique_lock<std::mutex>& guard)
{
    while (job_.next < job_.count) {
        const auto begin = job_.next;
        const auto end = std::min(begin + most_taken, job_.count);
        job_.next = end;
        const auto& work = *job_.work;
        guard.unlock();
        for (auto number = begin; number < end; ++number) work(number);
        guard.lock();
    }
}

} // namespace skerry::http
