#pragma once

#include "http/server.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

namespace skerry::demo {

struct ModelOptions {
    /// Where each request leaves a JSON line: time, kind, title (whether it asks for one), prompt (the last
    /// user message's first 200 characters), steps (its own messages since then), messages (how many). Never
    /// a header. Made 0600.
    std::optional<std::filesystem::path> request_log{};
    std::chrono::milliseconds delay{20}; ///< between two pieces of an answer
};

/// Answers as an OpenAI-compatible server does, with the replies of the scripted model: POST
/// .../chat/completions, as a stream or not, and GET .../models. Throws Error when the log cannot be opened.
http::Server::Handler model_handler(const ModelOptions& options);

/// Serves the scripted model on host:port until stop. Throws Error: conflict when the port is taken.
void serve_model(const std::string& host, int port, const std::optional<std::filesystem::path>& request_log,
                 std::stop_token stop, std::chrono::milliseconds delay = ModelOptions().delay);

} // namespace skerry::demo
