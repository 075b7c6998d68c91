#pragma once

#include "http/server.hpp"
#include "web/visit.hpp"

namespace skerry::web {

/// The page that people see, and what belongs to it: files that are part of the program.
http::Response show_page(Visit& visit);

} // namespace skerry::web
