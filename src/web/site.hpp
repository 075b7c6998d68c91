#pragma once

#include "api/action.hpp"
#include "db/pool.hpp"
#include "web/followers.hpp"
#include "web/seats.hpp"

#include <atomic>
#include <span>
#include <string>
#include <vector>

namespace skerry::http {
class Hub;
}

namespace skerry::web {

class EventTail;
class Metrics;

/// How a server is reached, as far as answers depend on it.
struct SiteOptions {
    std::vector<std::string> hosts{}; ///< names that a Host header may have, beside those of loopback
    std::string base_url{};           ///< what people type: "https://skerry.example"; empty: as listened on
    std::vector<std::string> trusted_proxies{}; ///< "10.0.0.0/8": their X-Forwarded-For is believed
    std::string version{};                      ///< of this program
    bool over_unix_socket = false;              ///< no browser comes that way: any Host will do
    bool has_worker = true;                     ///< jobs are performed here: without a worker it is not ready
};

/// What all addresses of one server share. Made once by program/, which owns the parts.
struct Site {
    App& app;
    std::span<const api::Action> actions;
    SiteOptions options;
    db::Pool& connections;
    http::Hub& hub;
    EventTail& tail; ///< for the hub's thread only
    Metrics& metrics;
    Followers followers{};
    /// Passages to agents: each holds a thread of the server as long as it lasts, of which there are 64.
    Seats passages{32};
    std::atomic<bool> leaving = false; ///< the server is about to stop: not ready for new work
};

} // namespace skerry::web
