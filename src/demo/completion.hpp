#pragma once

#include "api/json.hpp"
#include "demo/scripted_model.hpp"
#include "http/server.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace skerry::demo {

/// One answer in the form of OpenAI's chat completions.
struct Completion {
    Reply reply;
    std::string model;            ///< as the request names it
    std::size_t request_size = 0; ///< bytes, of which the tokens are guessed
    std::chrono::milliseconds delay{20};
    std::function<bool(std::chrono::milliseconds)> pause; ///< as of http::Request
};

/// The whole answer as one object.
api::Json whole(const Completion& completion);

/// The answer as server-sent events, piece by piece. False when it was broken off, as the client's or the
/// reply's own doing.
bool stream(const Completion& completion, const http::Write& write);

} // namespace skerry::demo
