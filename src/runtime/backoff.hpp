#pragma once

#include <algorithm>
#include <cstdint>

namespace skerry::runtime {

/// How long to wait before a crashed service is started again, in milliseconds: 1 s, 2 s, 4 s ... 60 s, and
/// from the beginning again after it has run for a minute.
class Backoff {
public:
    static constexpr std::int64_t first = 1000;
    static constexpr std::int64_t longest = 60'000;
    static constexpr std::int64_t healthy_after = 60'000;

    /// The wait after a run of `ran` milliseconds.
    std::int64_t after(std::int64_t ran) noexcept
    {
        if (ran >= healthy_after) next_ = first;
        const auto wait = next_;
        next_ = std::min(next_ * 2, longest);
        return wait;
    }

private:
    std::int64_t next_ = first;
};

} // namespace skerry::runtime
