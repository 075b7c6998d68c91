#pragma once

#include "api/json.hpp"
#include "runtime/docker/engine.hpp"

namespace skerry::runtime::docker {

/// {"label": ["skerry.project=..."]}
inline api::Json filters_for(const Wanted& labels)
{
    auto list = api::Json::array();
    for (const auto& [name, value] : labels) list.push(value.empty() ? name : name + "=" + value);
    return api::Json::object({{"label", std::move(list)}});
}

} // namespace skerry::runtime::docker
