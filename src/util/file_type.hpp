#pragma once

#include <string_view>

namespace skerry {

/// What a file is, told by its bytes and never by its name: "image/png" ...; text/plain for what reads as
/// text, application/octet-stream for the rest.
std::string_view file_type(std::string_view content);

} // namespace skerry
