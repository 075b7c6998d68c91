#pragma once

#include "runtime/project_log.hpp"
#include "runtime/runtime.hpp"
#include "util/files.hpp"
#include "util/id.hpp"
#include "util/process.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace skerry::test {

/// Waits until `condition` holds; false when it still does not after `patience`.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds patience = std::chrono::seconds(30))
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        ::poll(nullptr, 0, 10);
    }
    return true;
}

/// A file of /proc, which tells no size.
inline std::string text_of(const std::filesystem::path& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline bool is_alive(int pid)
{
    const auto text = text_of("/proc/" + std::to_string(pid) + "/stat");
    const auto end = text.rfind(") ");
    return end != std::string::npos && text[end + 2] != 'Z' && text[end + 2] != 'X';
}

/// One stack in a temporary folder, stopped at the end whatever happens.
struct World {
    static constexpr const char* tools_image = "skerry-test/tools:1";
    bool in_containers;
    TemporaryFolder folder;
    std::unique_ptr<runtime::Runtime> runtime;
    runtime::Stack stack;

    explicit World(const std::string& name = "sandbox", runtime::Limits limits = {})
        : in_containers(name == "docker"),
          runtime(runtime::make_runtime(
              name, {.program = program_folder() / "runtime" / "supervisor", .limits = limits})),
          stack{.id = "test-" + random_id(),
                .folder = folder.path() / "data" / "project",
                .state = folder.path() / "data" / "state",
                .services = {}}
    {
        make_private_folder(stack.folder);
        make_private_folder(stack.state);
        if (in_containers) make_tools_image();
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World()
    {
        try {
            if (in_containers)
                runtime->remove(stack.state, [](std::string_view) {});
            else
                stop();
        } catch (const std::exception& error) {
            MESSAGE(std::string(error.what()));
        }
    }

    static void make_tools_image()
    {
        static const auto made = process::output_of({.words = {"tests/support/engine_image", tools_image}});
    }

    runtime::Service& add(const std::string& name, const std::string& script)
    {
        auto& service =
            stack.services.emplace_back(runtime::Service{.name = name, .command = {"sh", "-c", script}});
        if (in_containers) put_into_container(service);
        return service;
    }
    /// In an image with little more than a shell, and with this machine's programs.
    void put_into_container(runtime::Service& service) const
    {
        service.container.image = tools_image;
        service.readable.emplace_back("/usr");
        service.environment.emplace_back("PATH", "/usr/local/bin:/usr/bin:/bin");
    }
    void up()
    {
        runtime->up(stack, {}, [](std::string_view) {});
    }
    void stop()
    {
        runtime->stop(stack.state, [](std::string_view) {});
    }

    [[nodiscard]] runtime::ServiceState service(const std::string& name) const
    {
        for (const auto& service : runtime->ps(stack.state))
            if (service.name == name) return service;
        return {};
    }
    [[nodiscard]] int supervisor() const
    {
        return std::atoi(read_file_if_any(stack.state / "supervisor.lock").value_or("0").c_str());
    }
    [[nodiscard]] std::filesystem::path log_file() const { return runtime::log_file(stack.state); }
    [[nodiscard]] std::string log() const { return read_file_if_any(log_file()).value_or(""); }
    [[nodiscard]] bool logs(const std::string& text) const
    {
        return eventually([&] { return log().find(text) != std::string::npos; });
    }
    /// What `script`, run as a service, writes.
    std::string answer_to(const std::string& script)
    {
        add("app", "{ " + script + "; } >answer.new 2>&1; mv answer.new answer; exec sleep 1000");
        return answer();
    }
    std::string answer()
    {
        up();
        REQUIRE(eventually([&] { return std::filesystem::exists(stack.folder / "answer"); }));
        return read_file(stack.folder / "answer");
    }
};

} // namespace skerry::test
