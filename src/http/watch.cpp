#include "http/watch.hpp"

#include "http/event.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>

namespace skerry::http {

namespace {

using namespace std::chrono_literals;

} // namespace

Watch::Watch(std::stop_token stop, std::optional<Clock::time_point> deadline,
             std::chrono::milliseconds silence)
    : deadline_(deadline), silence_(silence), stopped_(make_event()),
      at_stop_(std::move(stop), [this] { ::eventfd_write(stopped_.get(), 1); })
{
}

bool Watch::wait(int socket, short events) noexcept
{
    if (cause_ != Cause::none) return false;
    const auto since = Clock::now();
    while (true) {
        pollfd both[] = {{stopped_.get(), POLLIN, 0}, {socket, events, 0}};
        const auto time =
            std::min(left(), silence_ - std::chrono::floor<std::chrono::milliseconds>(Clock::now() - since));
        const auto ready = ::poll(both, 2, static_cast<int>(std::clamp(time, 0ms, 600'000ms).count()));
        if (both[0].revents != 0) return end(Cause::stop);
        if (ready > 0) return true;
        if (left() <= 0ms) return end(Cause::deadline);
        if (Clock::now() - since >= silence_) return end(Cause::silence);
    }
}

std::chrono::milliseconds Watch::left() const noexcept
{
    constexpr auto forever = std::chrono::hours(24);
    if (!deadline_) return forever;
    return std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now());
}

bool Watch::end(Cause cause) noexcept
{
    cause_ = cause;
    return false;
}

} // namespace skerry::http
