#pragma once

#include "api/json.hpp"
#include "http/upstream.hpp"

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace skerry::runtime::docker {

/// Where the engine listens: the socket that DOCKER_HOST names, else /var/run/docker.sock. Throws Error
/// bad_request for a DOCKER_HOST that is no "unix://".
std::filesystem::path engine_socket();

/// "/containers/json?all=1&filters=%7B..%7D": the values are encoded here.
std::string with_query(std::string_view path,
                       std::initializer_list<std::pair<std::string_view, std::string>> query);
/// A name or an id as a part of a path.
std::string path_part(std::string_view text);

/// One request to the engine.
struct EngineCall {
    std::string method = "GET";
    std::string path;                                              ///< and query, encoded
    std::string body{};                                            ///< JSON
    std::chrono::milliseconds patience = std::chrono::seconds(30); ///< for the head of the answer
};

/// Sends it and reads the answer's head. Throws Error: unavailable when the engine does not run, does not
/// answer as it should or failed at what was asked (its own words are in the message), or we may not use it;
/// not_found, conflict and bad_request as it says itself; timeout; cancelled.
http::Upstream open_call(const std::filesystem::path& socket, const EngineCall& call, std::stop_token stop);

/// All of the answer. Throws Error as open_call() does, and unavailable when it is larger than 16 MiB.
std::string answer_to(const std::filesystem::path& socket, const EngineCall& call, std::stop_token stop);

/// As answer_to, for an answer in JSON.
api::Json json_answer_to(const std::filesystem::path& socket, const EngineCall& call, std::stop_token stop);

/// JSON that the engine sent. Throws Error unavailable when it is none.
api::Json engine_json(std::string_view text);

} // namespace skerry::runtime::docker
