#pragma once

#include <string>
#include <string_view>

namespace skerry::agent {

/// A model as people write it: "provider/model"; the model's own name may hold slashes.
struct ModelName {
    std::string provider;
    std::string model;
};

/// Throws Error bad_request when a part is missing.
ModelName parse_model(std::string_view text);

} // namespace skerry::agent
