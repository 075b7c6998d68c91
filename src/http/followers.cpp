#include "http/followers.hpp"

#include "http/event.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <thread>

namespace skerry::http {
namespace {

constexpr std::uint64_t bell_number = 0;
constexpr std::size_t most_at_once = 32U << 10U; // bytes for one client in one round
constexpr std::int64_t time_to_leave = 300;      // ms, for all at a stop
constexpr std::int64_t last_chances = 3;         // of the time to stall, for a client that is sent away
constexpr std::size_t most_together = 512;       // clients that are asked before the first is written to
constexpr std::size_t enough_for_helpers = 64;   // clients; for fewer they would only be woken

Piece piece_of(std::string text)
{
    return std::make_shared<const std::string>(std::move(text));
}

std::size_t helper_count() noexcept
{
    constexpr unsigned most_threads = 4;
    return std::clamp(std::thread::hardware_concurrency(), 1U, most_threads) - 1;
}

} // namespace

Followers::Followers(const HubOptions& options, int bell, HubCounters& counters)
    : options_(options), bell_(bell), counters_(counters), poll_(make_epoll()),
      welcome_(piece_of("retry: " + std::to_string(options.retry.count()) + "\n: connected\n\n")),
      heartbeat_(piece_of(": keep-alive\n\n"))
{
    watch(bell, bell_number, EPOLLIN);
}

void Followers::watch(int descriptor, Number number, std::uint32_t events) const
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = number;
    if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0)
        throw system_error(errno, "cannot watch a client");
}

/// Does something with a client that may be gone already. Whatever goes wrong ends this client alone.
template <class Work> void Followers::with(Number number, const Work& work) noexcept
{
    const auto found = clients_.find(number);
    if (found == clients_.end()) return;
    try {
        work(found->second);
    } catch (const std::exception& fault) {
        log::error("a stream was ended by a fault", {{"error", fault.what()}});
        drop(number);
    }
}

void Followers::add(Descriptor socket, std::unique_ptr<Feed> feed) noexcept
{
    const auto number = ++last_number_;
    clients_.try_emplace(number, std::move(socket), std::move(feed), options_.buffer, monotonic_now());
    with(number, [&](Follower& client) {
        watch(client.socket(), number, EPOLLOUT | EPOLLRDHUP | EPOLLET);
        client.add(welcome_, monotonic_now());
        ask(number, client);
    });
}

int Followers::waiting_time() const noexcept
{
    constexpr std::int64_t longest = 60'000;
    if (!listed_.empty()) return 0;
    if (timers_.empty()) return static_cast<int>(longest);
    return static_cast<int>(std::clamp<std::int64_t>(timers_.top().first - monotonic_now(), 0, longest));
}

void Followers::wait(int time) noexcept
{
    std::array<epoll_event, 256>
        events; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
    const int count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), time);
    for (int at = 0; at < count; ++at) {
        const auto number = events.at(static_cast<std::size_t>(at)).data.u64;
        const auto what = events.at(static_cast<std::size_t>(at)).events;
        eventfd_t rung = 0;
        if (number == bell_number)
            ::eventfd_read(bell_, &rung);
        else if ((what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
            drop(number);
        else
            with(number, [&](Follower& client) { flush(number, client); });
    }
}

void Followers::list_all() noexcept
{
    for (auto& [number, client] : clients_) {
        client.wants = true;
        list(number, client);
    }
}

void Followers::list(Number number, Follower& client)
{
    if (client.listed || !client.wants || !client.has_room()) return;
    client.listed = true;
    listed_.push_back(number);
}

void Followers::ask_listed() noexcept
{
    for (auto left = listed_.size(); left > 0;) {
        const auto count = std::min(left, most_together);
        ask_some(count);
        write_to_asked();
        left -= count;
    }
}

void Followers::ask_some(std::size_t count) noexcept
{
    asked_.clear();
    const auto now = monotonic_now();
    for (; count > 0; --count) {
        const auto number = listed_.front();
        listed_.pop_front();
        with(number, [&](Follower& client) {
            client.listed = false;
            if (!client.has_room()) return;
            client.ask(most_at_once, pieces_, now);
            asked_.push_back({number, &client, 0});
        });
    }
}

/// Nearly all the time of a round is spent in the kernel here, with what it does for each client's socket.
void Followers::write_to_asked() noexcept
{
    const auto now = monotonic_now();
    const auto write = [&](std::size_t place) {
        auto& one = asked_[place];
        one.taken = one.client->flush(now);
    };
    if (asked_.size() < enough_for_helpers) {
        for (std::size_t place = 0; place < asked_.size(); ++place) write(place);
    } else {
        if (!helpers_) helpers_.emplace(helper_count());
        helpers_->for_each(asked_.size(), write);
    }
    for (const auto& one : asked_)
        with(one.number, [&](Follower& client) { settle(one.number, client, one.taken); });
}

void Followers::ask(Number number, Follower& client)
{
    client.ask(most_at_once, pieces_, monotonic_now());
    flush(number, client);
}

/// The last that is done with a client in each case: it may be gone afterwards.
void Followers::flush(Number number, Follower& client)
{
    settle(number, client, client.flush(monotonic_now()));
}

/// `taken` is what its flush() has said.
void Followers::settle(Number number, Follower& client, std::ptrdiff_t taken)
{
    if (taken > 0) counters_.bytes += static_cast<std::uint64_t>(taken);
    if (taken < 0 || client.is_done()) return drop(number);
    list(number, client);
    plan(number, client);
}

/// When the clock asks for something to be done about a client.
std::int64_t Followers::due(const Follower& client) const noexcept
{
    const auto again = client.wants ? never : client.ask_again_at();
    if (client.has_unsent()) return std::min({stalled_at(client), client.deadline(), again});
    return std::min(client.last_progress() + options_.heartbeat.count(), again);
}

std::int64_t Followers::stalled_at(const Follower& client) const noexcept
{
    const auto patience = client.has_room()
                              ? std::max(options_.stall, 2 * options_.heartbeat) // it misses nothing
                              : options_.stall;
    return client.last_progress() + patience.count();
}

void Followers::plan(Number number, Follower& client)
{
    const auto moment = due(client);
    if (moment >= client.planned) return; // it is looked at before, and then planned anew
    client.planned = moment;
    timers_.emplace(moment, number);
}

void Followers::look_at_clock() noexcept
{
    while (!timers_.empty() && timers_.top().first <= monotonic_now()) {
        const auto [moment, number] = timers_.top();
        timers_.pop();
        with(number, [&, moment = moment, number = number](Follower& client) {
            if (client.planned != moment) return;
            client.planned = never;
            look_after(number, client, monotonic_now());
        });
    }
}

void Followers::look_after(Number number, Follower& client, std::int64_t now)
{
    if (client.has_unsent() && (now >= stalled_at(client) || now >= client.deadline())) {
        if (client.is_closing()) return drop(number);
        ++counters_.resynced;
        client.say_farewell(now, now + last_chances * options_.stall.count());
    } else if (!client.has_unsent() && now >= client.last_progress() + options_.heartbeat.count()) {
        client.add(heartbeat_, now);
    }
    if (now >= client.ask_again_at()) client.wants = true;
    flush(number, client);
}

void Followers::drop(Number number) noexcept
{
    const auto found = clients_.find(number);
    if (found == clients_.end()) return;
    if (found->second.is_done()) found->second.hang_up();
    clients_.erase(found);
    --counters_.clients;
    ++counters_.closed;
}

void Followers::dismiss_all() noexcept
{
    const auto end = monotonic_now() + time_to_leave;
    std::vector<Number> numbers;
    for (const auto& [number, client] : clients_) numbers.push_back(number);
    for (const auto number : numbers)
        with(number, [&](Follower& client) {
            if (!client.is_closing()) client.say_farewell(monotonic_now(), end);
            flush(number, client);
        });
    while (!clients_.empty() && monotonic_now() < end)
        wait(static_cast<int>(std::max<std::int64_t>(end - monotonic_now(), 0)));
    while (!clients_.empty()) drop(clients_.begin()->first);
}

void Followers::turn_away(Descriptor socket, std::unique_ptr<Feed> feed) const noexcept
{
    try {
        Follower client(std::move(socket), std::move(feed), options_.buffer, 0);
        client.add(welcome_, 0);
        client.say_farewell(0, never);
        client.flush(0);
        client.hang_up();
    } catch (const std::exception& fault) {
        log::error("a stream was ended by a fault", {{"error", fault.what()}});
    }
    ++counters_.closed;
}

} // namespace skerry::http
