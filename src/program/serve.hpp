#pragma once

#include "program/open.hpp"
#include "queue/worker.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace skerry::program {

struct ServeOptions {
    std::string listen = "127.0.0.1:4321";        ///< ADDRESS:PORT or unix:PATH; port 0: a free one
    std::optional<queue::WorkerOptions> worker{}; ///< absent: jobs are performed elsewhere
    std::string base_url{};
    std::vector<std::string> trusted_proxies{};
    std::chrono::milliseconds heartbeat{15'000}; ///< of streams
    bool insecure = false;                       ///< beyond loopback also while there is no user
};

/// What is told to the person who started it.
struct Serving {
    std::string url;        ///< or "unix:PATH"
    std::string setup_link; ///< for the first user; empty when there is one
};

/// Answers over HTTP, with its streams, and performs jobs, until stop. Then it is not ready any more, streams
/// are told where to come back, and running jobs are given back. `begun` is called once it listens.
///
/// Throws Error: conflict when another one serves this data folder or the port is taken, bad_request for
/// options that do not fit, unavailable when it cannot go on.
void serve(Opened& opened, const ServeOptions& options, std::stop_token stop,
           const std::function<void(const Serving&)>& begun);

} // namespace skerry::program
