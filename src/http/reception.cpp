#include "http/reception.hpp"

#include "http/answer_head.hpp"
#include "http/conversation.hpp"
#include "http/event.hpp"
#include "http/request_id.hpp"
#include "http/status.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/log.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace skerry::http {
namespace {

constexpr std::int64_t goodbye_time = 500; // ms, for a client that still sends to read what it was told
constexpr std::int64_t time_between_looks = 100;
constexpr int time_between_reliefs = 5;
constexpr std::int64_t time_without_descriptors = 100;
constexpr std::size_t most_seated = 4096; // then the one that has waited longest makes room
constexpr int most_accepted = 64;         // in one round

} // namespace

Reception::Reception(int listener, const Surroundings& surroundings)
    : listener_(listener), surroundings_(surroundings), poll_(make_epoll()), returned_bell_(make_event()),
      threads_(surroundings.options.most_threads, surroundings.options.most_waiting)
{
    if (!watch(listener_) || !watch(returned_bell_.get()) || !watch(surroundings_.stopped.get()))
        throw system_error(errno, "cannot wait for connections");
}

bool Reception::watch(int descriptor) const noexcept
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    return ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Reception::serve()
{
    while (!surroundings_.stop.stop_requested()) {
        wait_for_events();
        take_back();
        threads_.relieve();
        look_at_clock();
    }
    places_.clear();
    waiting_.clear();
}

int Reception::waiting_time()
{
    if (threads_.is_crowded()) return time_between_reliefs;
    return waiting_.empty() && accept_again_ == 0 ? -1 : static_cast<int>(time_between_looks);
}

void Reception::wait_for_events()
{
    std::array<epoll_event, 256>
        events; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
    const int count =
        ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), waiting_time());
    for (int at = 0; at < count && !surroundings_.stop.stop_requested(); ++at) {
        const int descriptor = events.at(static_cast<std::size_t>(at)).data.fd;
        if (descriptor == listener_)
            accept_all();
        else if (const auto found = places_.find(descriptor); found != places_.end())
            listen_to(found->second);
    }
}

void Reception::accept_all()
{
    for (int left = most_accepted; left > 0 && accept_one(); --left) {
    }
}

/// False when nobody waits at the door.
bool Reception::accept_one()
{
    Descriptor socket(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.open()) {
        seat(std::make_shared<Incoming>(std::move(socket), surroundings_), Stage::idle);
        return true;
    }
    switch (errno) {
    case EAGAIN: return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return make_room();
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
        if (surroundings_.stop.stop_requested()) return false;
        throw Error(Code::unavailable, "the listening socket broke");
    default: return true; // the one at the door has gone
    }
}

/// Whether there may be a descriptor now for the one at the door.
bool Reception::make_room()
{
    pollfd door{listener_, POLLIN, 0};
    if (::poll(&door, 1, 0) <= 0) return false; // the descriptor was missed before anybody was looked for
    if (!waiting_.empty()) return unseat(waiting_.begin()) != nullptr;
    ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, listener_, nullptr); // it would be ready without end
    accept_again_ = monotonic_now() + time_without_descriptors;
    return false;
}

void Reception::seat(std::shared_ptr<Incoming> client, Stage stage)
{
    if (waiting_.size() >= most_seated) unseat(waiting_.begin());
    const auto& options = surroundings_.options;
    const auto time = stage == Stage::idle   ? options.idle_time.count()
                      : stage == Stage::head ? options.head_time.count()
                                             : goodbye_time;
    const int socket = client->socket();
    if (!watch(socket)) return; // the kernel allows no more
    waiting_.push_back({std::move(client), stage, monotonic_now() + time});
    places_[socket] = std::prev(waiting_.end());
}

std::shared_ptr<Incoming> Reception::unseat(Place place)
{
    auto client = std::move(place->client);
    places_.erase(client->socket());
    waiting_.erase(place);
    ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, client->socket(), nullptr);
    return client;
}

void Reception::listen_to(Place place)
{
    auto& client = *place->client;
    const auto received = client.receive_now();
    if (received == Incoming::Received::gone) {
        unseat(place);
    } else if (place->stage == Stage::leaving) {
        client.input().clear();
    } else if (client.has_head()) {
        hand_over(unseat(place));
    } else if (place->stage == Stage::idle && !client.input().empty()) {
        place->stage = Stage::head;
        place->deadline = monotonic_now() + surroundings_.options.head_time.count();
    }
}

void Reception::look_at_clock()
{
    const auto now = monotonic_now();
    if (now < next_look_) return;
    next_look_ = now + time_between_looks;
    if (accept_again_ != 0 && now >= accept_again_)
        accept_again_ = watch(listener_) ? 0 : now + time_without_descriptors;
    for (auto place = waiting_.begin(); place != waiting_.end();) {
        const auto next = std::next(place);
        if (now >= place->deadline) {
            const bool is_late = place->stage == Stage::head;
            const auto client = unseat(place);
            if (is_late) client->set_late();
            if (is_late) hand_over(client);
        }
        place = next;
    }
}

void Reception::hand_over(std::shared_ptr<Incoming> client)
{
    try {
        if (!threads_.add([this, client] { talk(client); })) turn_away(std::move(client));
    } catch (const std::exception& fault) {
        log::error("a connection was dropped", {{"error", fault.what()}});
    }
}

/// Here, where nobody is waited for: what it is told finds room in its socket, or it has not read for long.
void Reception::turn_away(std::shared_ptr<Incoming> client)
{
    constexpr int unavailable = 503;
    auto answer = error_answer(unavailable, "too many requests are waiting");
    answer.headers.emplace_back("Retry-After", "1");
    Exchange told{.id = next_request_id(), .address = client->address(), .status = unavailable};
    if (!client->write_now(answer_head(answer, {.id = told.id, .closes = true}) + answer.body)) return;
    told.bytes = client->written();
    if (surroundings_.options.observer) surroundings_.options.observer(told);
    client->say_goodbye();
    seat(std::move(client), Stage::leaving);
}

/// On a thread.
void Reception::talk(const std::shared_ptr<Incoming>& client) noexcept
{
    try {
        switch (converse(*client, [this] { return threads_.is_crowded(); })) {
        case Ending::over: return;
        case Ending::next_request:
            return give_back(client, client->input().empty() ? Stage::idle : Stage::head);
        case Ending::goodbye: return give_back(client, Stage::leaving);
        }
    } catch (const std::exception& fault) {
        log::error("a connection was dropped", {{"error", fault.what()}});
    }
}

void Reception::give_back(std::shared_ptr<Incoming> client, Stage stage)
{
    {
        const std::lock_guard guard(lock_);
        returned_.emplace_back(std::move(client), stage);
    }
    ::eventfd_write(returned_bell_.get(), 1);
}

void Reception::take_back()
{
    decltype(returned_) returned;
    {
        const std::lock_guard guard(lock_);
        if (returned_.empty()) return;
        returned.swap(returned_);
        eventfd_t rung = 0;
        ::eventfd_read(returned_bell_.get(), &rung);
    }
    for (auto& [client, stage] : returned) seat(std::move(client), stage);
}

} // namespace skerry::http
