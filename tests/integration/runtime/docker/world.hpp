#pragma once

#include "runtime/docker/engine.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/id.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <doctest/doctest.h>
#include <iostream>
#include <string>
#include <vector>

namespace skerry::test {

/// Why the tests against a real engine cannot run here; empty when they can. Said once.
inline const std::string& why_no_engine()
{
    static const std::string reason = []() -> std::string {
        try {
            if (!process::find_program("docker"))
                throw Error(Code::unavailable, "there is no docker program");
            const auto version = runtime::docker::Engine().version();
            return "";
        } catch (const Error& fault) {
            std::cerr << "tests with containers: skipped: " << fault.what() << "\n";
            return fault.what();
        }
    }();
    return reason;
}

/// For TEST_CASE("..." * skip_without_engine()).
inline doctest::skip skip_without_engine()
{
    return doctest::skip(!why_no_engine().empty());
}

inline std::string docker(std::vector<std::string> words)
{
    words.insert(words.begin(), "docker");
    return std::string(trim(process::output_of({.words = std::move(words)})));
}

/// Containers that are removed at the end, all with one label of their own.
struct Containers {
    runtime::docker::Engine engine;
    std::string label = "test-" + random_id();
    const std::string image = "skerry-test/tools:1";

    Containers() { process::output_of({.words = {"tests/support/engine_image", image}}); }
    Containers(const Containers&) = delete;
    Containers& operator=(const Containers&) = delete;
    ~Containers()
    {
        try {
            for (const auto& one : engine.containers(wanted())) engine.remove_container(one.id);
            for (const auto& one : engine.networks(wanted())) engine.remove_network(one.id);
            for (const auto& one : engine.volumes(wanted())) engine.remove_volume(one.name);
        } catch (const Error& fault) {
            MESSAGE("left behind: " << fault.what());
        }
    }

    [[nodiscard]] runtime::docker::Wanted wanted() const { return {{"skerry.test", label}}; }
    [[nodiscard]] std::string label_option() const { return "--label=skerry.test=" + label; }

    /// Runs a shell script in a new container, without a network when there are no options;
    /// returns the container's id.
    [[nodiscard]] std::string run(const std::string& script, std::vector<std::string> options = {}) const
    {
        std::vector<std::string> words{"run", "--detach", "--init", label_option()};
        if (options.empty()) options = {"--network=none"};
        words.insert(words.end(), options.begin(), options.end());
        words.insert(words.end(), {image, "sh", "-c", script});
        return docker(words);
    }
};

} // namespace skerry::test
