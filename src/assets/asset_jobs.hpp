#pragma once

#include "assets/asset.hpp"
#include "queue/kind.hpp"
#include "queue/run.hpp"

#include <array>

namespace skerry::assets {

/// Looks at what was brought: its checksum, its type, and how large a picture is.
struct Process {
    static constexpr queue::Policy policy{.kind = "asset.process"};
    AssetId asset;
};
constexpr auto fields(api::Tag<Process>)
{
    return std::array{api::field<&Process::asset>("assetId", "The asset", {.min = 1, .max = 40})};
}
void process(queue::Run& run, const Process& args);
void abandon_process(db::Connection& db, const Process& args, const Error& reason);

} // namespace skerry::assets
