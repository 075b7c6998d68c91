#include "runtime/take_turn.hpp"

#include "runtime/pause.hpp"
#include "util/error.hpp"

namespace skerry::runtime {

FileLock take_turn(const std::filesystem::path& state, std::stop_token stop)
{
    for (;;) {
        if (auto lock = FileLock::try_acquire(state / "up.lock")) return std::move(*lock);
        if (!pause_for(std::chrono::milliseconds(20), stop))
            throw Error(Code::cancelled, "starting the services was cancelled");
    }
}

} // namespace skerry::runtime
