#pragma once

#include "api/json.hpp"
#include "http/server.hpp"
#include "util/error.hpp"

#include <string_view>

/// The forms that answers have.
namespace skerry::web {

/// {"data": ...}
http::Response data(const api::Json& json, int status = 200);

/// {"data": ...} with an ETag, or 304 when the request has that one already.
http::Response data_with_tag(const http::Request& request, const api::Json& json);

/// {"error": {"code", "message", "fields"?, "requestId"?}}: what a stranger may read of it. The message of
/// what went wrong inside stays inside. With "Retry-After" for a RetryLater.
http::Response failure(const Error& error, std::string_view request_id);

/// As above with a status that no code of an Error has, which gives the answer's code too.
http::Response failure(const Error& error, int status, std::string_view request_id);

/// The error of a code that stands for itself.
http::Response failure(Code code, const std::string& message, std::string_view request_id);

} // namespace skerry::web
