#pragma once

#include <condition_variable>
#include <mutex>

namespace skerry::auth {

/// Lets a few through at a time; some more may wait, and the rest is sent away. From any thread.
class Turnstile {
public:
    Turnstile(int at_once, int most_waiting) : free_(at_once), room_(most_waiting) {}

    /// A turn, given back in the destructor.
    class Turn {
    public:
        explicit Turn(Turnstile& turnstile) : turnstile_(turnstile) { turnstile_.enter(); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() { turnstile_.leave(); }

    private:
        Turnstile& turnstile_;
    };
    /// Waits for a turn. Throws Error unavailable when too many wait already.
    [[nodiscard]] Turn take() { return Turn(*this); }
    [[nodiscard]] int waiting();

private:
    void enter();
    void leave();

    std::mutex mutex_;
    std::condition_variable freed_;
    int free_;
    int room_; ///< of those who wait
    int waiting_ = 0;
};

} // namespace skerry::auth
