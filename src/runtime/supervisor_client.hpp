#pragma once

#include "runtime/runtime.hpp"
#include "runtime/service_report.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

namespace skerry::runtime {

/// Whether a supervisor lives for that state folder.
bool is_supervised(const std::filesystem::path& state);

/// What it reports; nothing when none lives or it does not listen yet. Throws Error timeout when it does not
/// answer.
std::optional<std::vector<ServiceReport>>
reports_of(const std::filesystem::path& state, std::chrono::milliseconds timeout = std::chrono::seconds(5));

/// Returns when it has told of each service whether it could be started. Throws Error unavailable when it
/// ends before that, timeout, cancelled on stop.
std::vector<ServiceReport> wait_for_start(const std::filesystem::path& state, std::stop_token stop);

/// Ends the supervisor and all it runs, by force when it does not answer, and removes what one that was
/// killed left. True when there was one. Throws Error timeout when it cannot be ended.
bool end_supervisor(const std::filesystem::path& state);

} // namespace skerry::runtime
