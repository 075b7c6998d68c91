#include "auth/turnstile.hpp"

#include "util/error.hpp"

namespace skerry::auth {

int Turnstile::waiting()
{
    const std::lock_guard lock(mutex_);
    return waiting_;
}

void Turnstile::enter()
{
    std::unique_lock lock(mutex_);
    if (free_ == 0) {
        if (waiting_ >= room_)
            throw Error(Code::unavailable, "too many passwords are being checked",
                        {.hint = "try again in a moment"});
        ++waiting_;
        freed_.wait(lock, [&] { return free_ > 0; });
        --waiting_;
    }
    --free_;
}

void Turnstile::leave()
{
    {
        const std::lock_guard lock(mutex_);
        ++free_;
    }
    freed_.notify_one();
}

} // namespace skerry::auth
