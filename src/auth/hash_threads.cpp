#include "auth/hash_threads.hpp"

#include "util/retry_later.hpp"

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

namespace skerry::auth {
namespace {

void give_way_to_others() noexcept
{
    constexpr int nicer = 5;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), ::getpriority(PRIO_PROCESS, 0) + nicer);
}

/// These threads are there before and after whoever waits for signals: none may end up here.
void leave_signals_to_others() noexcept
{
    sigset_t all{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace

HashThreads::~HashThreads()
{
    {
        const std::lock_guard guard(mutex_);
        is_over_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
}

/// One who asks and is let in, until it goes.
class HashThreads::Asking {
public:
    explicit Asking(HashThreads& threads) : threads_(threads)
    {
        const std::lock_guard guard(threads_.mutex_);
        if (threads_.inside_ >= threads_.at_once_ + threads_.most_waiting_)
            throw RetryLater(Code::unavailable, "too many passwords are being checked",
                             std::chrono::seconds(1), "try again in a moment");
        ++threads_.inside_;
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    ~Asking()
    {
        const std::lock_guard guard(threads_.mutex_);
        --threads_.inside_;
    }

private:
    HashThreads& threads_;
};

std::string HashThreads::perform(std::function<std::string()> work)
{
    const Asking asking(*this);
    return add(Task(std::move(work))).get();
}

std::size_t HashThreads::waiting()
{
    const std::lock_guard guard(mutex_);
    return tasks_.size();
}

std::future<std::string> HashThreads::add(Task task)
{
    auto result = task.get_future();
    const std::lock_guard guard(mutex_);
    if (threads_.size() < at_once_ && threads_.size() < inside_) threads_.emplace_back([this] { run(); });
    tasks_.push_back(std::move(task));
    changed_.notify_one();
    return result;
}

void HashThreads::run()
{
    leave_signals_to_others();
    give_way_to_others();
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_over_ || !tasks_.empty(); });
        if (tasks_.empty()) return;
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task(); // what it throws goes to who waits
        lock.lock();
    }
}

} // namespace skerry::auth
