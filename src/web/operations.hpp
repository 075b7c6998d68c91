#pragma once

#include "http/server.hpp"
#include "web/visit.hpp"

/// For those who run the server, and for what watches it.
namespace skerry::web {

/// The process answers.
http::Response health(Visit& visit);
/// Whether it can do its work: 200, or 503 with what is amiss.
http::Response readiness(Visit& visit);
/// Prometheus' text format.
http::Response metrics(Visit& visit);
/// Who asks: {user, login} as the server knows them.
http::Response show_caller(Visit& visit);
/// What all addresses are, for programs.
http::Response describe_api(Visit& visit);

} // namespace skerry::web
