#pragma once

#include "http/server.hpp"
#include "web/visit.hpp"

namespace skerry::web {

/// Whether an asset comes as a form, and not in JSON.
bool is_form(const http::Request& request);

/// assets.upload with its input as a form: the fields project, name and overwrite, then the part file, which
/// goes to the disk as it comes. Throws Error.
http::Response receive_asset(Visit& visit);

/// The assets of a project, by name.
http::Response list_assets(Visit& visit);

} // namespace skerry::web
