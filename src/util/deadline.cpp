#include "util/deadline.hpp"

#include "util/error.hpp"

#include <algorithm>
#include <cerrno>

namespace skerry {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Deadline::Deadline(milliseconds from_now) noexcept
    : moment_(steady_clock::now() +
              std::clamp<milliseconds>(from_now, milliseconds(0), std::chrono::hours(24 * 365)))
{
}

bool Deadline::over() const noexcept
{
    return steady_clock::now() >= moment_;
}

bool Deadline::wait(std::span<pollfd> files) const
{
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(moment_ - steady_clock::now());
        const auto part = std::clamp<milliseconds>(left, milliseconds(0), std::chrono::hours(1));
        const int ready = ::poll(files.data(), files.size(), static_cast<int>(part.count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR && errno != EAGAIN) throw system_error(errno, "cannot wait");
        if (over()) return false;
    }
}

} // namespace skerry
