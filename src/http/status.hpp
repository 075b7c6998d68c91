#pragma once

#include "http/response.hpp"
#include "util/error.hpp"

#include <span>
#include <string>
#include <string_view>

namespace skerry::http {

/// The HTTP status that an error becomes: nowhere else is that said.
int status_of(Code code) noexcept;

/// "Not Found"; "Refused" for a status that is not known here.
std::string_view reason_of(int status) noexcept;

/// "NOT_FOUND": the code of a status in the body of an error.
std::string code_of(int status);

/// Every status of 400 and above that the server itself answers with.
std::span<const int> failing_statuses() noexcept;

/// {"error": {"code", "message"}} with the status's code.
Response error_answer(int status, std::string_view message);

} // namespace skerry::http
