#pragma once

#include "api/json.hpp"

#include <string>

namespace skerry::runtime::docker {

/// `value` as YAML that people can read and that every reader understands in the same way: objects indented,
/// every text in double quotes and in ASCII, lists of texts and numbers on one line.
std::string yaml_of(const api::Json& value);

} // namespace skerry::runtime::docker
