#pragma once

#include "http/server.hpp"
#include "web/visit.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace skerry::web {

/// What `act` answers, in the transaction that keeps the answer for 24 hours: who asks again with the same
/// "Idempotency-Key" gets it again, and nothing is done twice, also when the server dies in between. Throws
/// Error conflict when the key came with something else before, and what `act` throws (then nothing is kept).
http::Response once(Visit& visit, std::string_view key, const std::string& asked,
                    const std::function<http::Response()>& act);

} // namespace skerry::web
