#pragma once

#include "api/json.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::program {

inline constexpr std::string_view app_image_name = "skerry/app";
inline constexpr std::string_view agent_image_name = "skerry/agent";

/// Which images are to be built, and of what.
struct ImageOrder {
    bool app = false;
    bool agent = false;
    std::string base{};     ///< of the agent's: an image with Node; empty: one made of Debian's packages
    bool force = false;     ///< also those that are there already
    std::string opencode{}; ///< the setting of that name
};

struct BuiltImage {
    std::string name;
    std::string id;
    std::uint64_t bytes = 0;
    bool built = false; ///< else it was there already
};
/// {name, id, bytes, built}
api::Json to_json(const BuiltImage& image);

/// Builds images on this machine's Docker engine, with Debian's packages and npm but no registry of images:
/// share/images says how. One that is there and was built of the same is left as it is. `say` hears of each
/// step.
///
/// Throws Error: unavailable when the engine does not run, a program or the network is missing or a step
/// fails (the last lines of what it said are in the message), cancelled on stop.
std::vector<BuiltImage> build_images(const ImageOrder& order,
                                     const std::function<void(std::string_view)>& say, std::stop_token stop);

} // namespace skerry::program
