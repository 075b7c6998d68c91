#pragma once

#include "http/server.hpp"
#include "web/site.hpp"

#include <string>
#include <string_view>

/// What keeps other web sites, and other machines, from speaking for the people who use this server.
namespace skerry::web {

/// Throws Error forbidden when the request's Host is no name of this server: a page of another site whose
/// name was made to lead here would have its own.
void require_own_host(const Site& site, const http::Request& request);

/// Throws Error forbidden when the request says that a page of another site sent it, or, where it carries a
/// cookie, does not say that one of ours did.
void require_own_origin(const Site& site, const http::Request& request, bool with_cookie);

/// The address of the client: behind a trusted proxy what that one says.
std::string client_address(const Site& site, const http::Request& request);

/// Whether `address` lies in "10.0.0.0/8" or is "10.1.2.3"; IPv4 and IPv6.
bool in_network(std::string_view address, std::string_view network);

/// Throws Error bad_request when it is no network in that form.
void require_network(std::string_view network);

/// Adds the headers that tell a browser what a page of ours may do.
void add_security_headers(const Site& site, http::Response& response);

} // namespace skerry::web
