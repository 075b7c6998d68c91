#include "http/hub.hpp"

#include "http/event.hpp"
#include "http/followers.hpp"
#include "util/log.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <sys/eventfd.h>
#include <thread>
#include <utility>
#include <vector>

namespace skerry::http {

/// The hub's thread and what others tell it.
class Hub::Parts {
public:
    explicit Parts(HubOptions options)
        : options_(std::move(options)), bell_(make_event()), followers_(options_, bell_.get(), counters)
    {
        thread_ = std::thread([this] { run(); });
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts() { stop(); }

    void adopt(Descriptor socket, std::unique_ptr<Feed> feed)
    {
        {
            const std::lock_guard guard(lock_);
            if (!finished_) {
                arrived_.emplace_back(std::move(socket), std::move(feed));
                ++counters.clients;
            }
        }
        if (feed)
            followers_.turn_away(std::move(socket), std::move(feed));
        else
            ring();
    }

    void wake() noexcept
    {
        if (!woken_.exchange(true)) ring();
    }

    void stop() noexcept
    {
        stopping_ = true;
        ring();
        const std::lock_guard guard(joining_);
        if (thread_.joinable()) thread_.join();
    }

    HubCounters counters;

private:
    using Arrivals = std::vector<std::pair<Descriptor, std::unique_ptr<Feed>>>;

    void ring() noexcept { ::eventfd_write(bell_.get(), 1); }

    void run() noexcept
    {
        while (!stopping_) {
            followers_.wait();
            for (auto& [socket, feed] : take_arrivals()) followers_.add(std::move(socket), std::move(feed));
            if (woken_.exchange(false)) look_for_news();
            followers_.ask_listed();
            followers_.look_at_clock();
        }
        for (auto& [socket, feed] : take_arrivals(true)) followers_.add(std::move(socket), std::move(feed));
        followers_.dismiss_all();
    }

    /// After the last time whoever arrives is turned away at the door.
    Arrivals take_arrivals(bool is_last = false)
    {
        const std::lock_guard guard(lock_);
        finished_ = is_last;
        return std::exchange(arrived_, {});
    }

    void look_for_news() noexcept
    {
        try {
            if (options_.on_wake) options_.on_wake();
        } catch (const std::exception& fault) {
            log::error("news could not be read", {{"error", fault.what()}});
        }
        followers_.list_all();
    }

    const HubOptions options_;
    const Descriptor bell_; ///< rings for arrivals, news and the stop
    std::atomic<bool> woken_ = false;
    std::atomic<bool> stopping_ = false;
    std::mutex lock_; ///< of the next two
    Arrivals arrived_;
    bool finished_ = false;

    Followers followers_; ///< of the thread alone
    std::mutex joining_;
    std::thread thread_;
};

Hub::Hub(HubOptions options) : parts_(std::make_unique<Parts>(std::move(options))) {}

Hub::~Hub() = default;

void Hub::adopt(Descriptor socket, std::unique_ptr<Feed> feed)
{
    parts_->adopt(std::move(socket), std::move(feed));
}

void Hub::wake() noexcept
{
    parts_->wake();
}

void Hub::stop() noexcept
{
    parts_->stop();
}

std::size_t Hub::clients() const noexcept
{
    return parts_->counters.clients;
}

std::uint64_t Hub::resynced() const noexcept
{
    return parts_->counters.resynced;
}

std::uint64_t Hub::closed() const noexcept
{
    return parts_->counters.closed;
}

std::uint64_t Hub::bytes() const noexcept
{
    return parts_->counters.bytes;
}

} // namespace skerry::http
