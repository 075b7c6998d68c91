#pragma once

#include "util/descriptor.hpp"

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <vector>

namespace skerry {

/// Wakes other processes after a commit. Each listener binds a datagram socket in a
/// folder; ring() sends one byte to every socket there. A lost ring costs latency
/// only: whoever listens also looks at the database from time to time.
class Bell {
public:
    /// Listens in `folder`, which must exist. Throws Error.
    explicit Bell(const std::filesystem::path& folder);
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;
    ~Bell();

    /// True when it rang (all rings so far count as one), false at the timeout or on stop.
    /// A stop request is noticed at once. Also ends, true, when one of `others` can be read.
    bool wait(std::chrono::milliseconds timeout, std::stop_token stop = {},
              const std::vector<int>& others = {});

    /// From any thread of this process: ends a wait() early, as a ring does.
    void ring_here() noexcept;

    /// The name of its file, for a Ringer that leaves it out.
    [[nodiscard]] std::string name() const { return path_.filename().string(); }

    /// Rings every bell in `folder`, from any process. Never blocks, never throws;
    /// sockets that nobody listens to any more are removed.
    static void ring(const std::filesystem::path& folder) noexcept;

private:
    std::filesystem::path path_;
    Descriptor socket_;
    Descriptor here_;
};

} // namespace skerry
