#pragma once

#include "integration/runtime/world.hpp"
#include "runtime/docker/override_file.hpp"
#include "util/error.hpp"

namespace skerry::test {

/// The Error of up(), as code, message and hint.
inline std::string refusal_of(World& world)
{
    try {
        world.up();
        return "it started";
    } catch (const Error& error) {
        return std::string(name_of(error.code())) + ": " + error.what() + "; " + error.hint();
    }
}

inline void approve(const World& world, const std::string& text)
{
    write_file(runtime::docker::override_file(world.stack.folder), text);
    runtime::docker::approve_override(world.stack.folder, world.stack.state);
}

inline void take_override_away(const World& world)
{
    std::filesystem::remove(runtime::docker::override_file(world.stack.folder));
}

/// One service that does nothing, in a container.
struct Sleeper : World {
    Sleeper() : World("docker") { add("app", "exec sleep 1000"); }
    void check_that_it_starts()
    {
        CHECK(refusal_of(*this) == "it started");
        CHECK(service("app").state == runtime::State::running);
    }
};

} // namespace skerry::test
