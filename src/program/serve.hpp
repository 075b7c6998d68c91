#pragma once

#include "program/generation.hpp"
#include "program/reloads.hpp"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace skerry::program {

struct ServeOptions {
    std::string listen = "127.0.0.1:4321"; ///< ADDRESS:PORT or unix:PATH; port 0: a free one
    std::string base_url{};
    std::vector<std::string> trusted_proxies{};
    std::chrono::milliseconds heartbeat{15'000}; ///< of streams
    bool insecure = false;                       ///< beyond loopback also while there is no user
    /// Opens the data folder as the settings say: at the start, and on the wish for a reload.
    std::function<Configured()> configure{};
};

/// What is told to the person who started it.
struct Serving {
    std::string url;        ///< or "unix:PATH"
    std::string setup_link; ///< for the first user; empty when there is one
};

/// Answers over HTTP, with its streams, and performs jobs, until stop. Then it is not ready any more and
/// gives running jobs back; once they are, streams are told where to come back, and nobody is let in. A
/// reload changes what answers and works; the socket, connections and streams stay. Where the settings cannot
/// be read, the former ones do. `begun` is called once it listens, and behind each reload.
///
/// Throws Error: conflict when another one serves this data folder or the port is taken, bad_request for
/// options that do not fit, unavailable when it cannot go on, and what configure() throws at the start.
void serve(const ServeOptions& options, Reloads& reloads, std::stop_token stop,
           const std::function<void(const Serving&)>& begun);

} // namespace skerry::program
