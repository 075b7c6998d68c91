#pragma once

#include "runtime/docker/engine.hpp"
#include "runtime/docker/engine_streams.hpp"
#include "runtime/docker/output_copy.hpp"
#include "util/descriptor.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace skerry::runtime::docker {

/// Something happened to a service's container.
struct ServiceNews {
    enum class What { started, ended, out_of_memory, healthy, unhealthy, removed };
    std::string stack; ///< its id
    std::string service;
    What what = What::started;
    int exit_code = 0; ///< of what has ended
};
std::string_view name_of(ServiceNews::What what) noexcept;

/// Who is told, all on the thread of the watch.
struct WatchListener {
    /// Where the state of a stack lies; nothing when there is no such stack (any more).
    std::function<std::optional<std::filesystem::path>(const std::string& stack)> state_of;
    std::function<void(const ServiceNews&)> news;
    /// After each connection to the engine: what happened before is not told, look at how things are.
    std::function<void()> connected;
    /// The engine has gone, or cannot be reached.
    std::function<void(const std::string& why)> lost;
    /// Every now and then, several times a second, also without an engine.
    std::function<void()> beat;
};

/// Watches all containers of one skerry: tells what happens to them, and copies what they write into the logs
/// of their projects.
class EngineWatch {
public:
    /// `instance` is that of Stack. The engine outlives it.
    EngineWatch(const Engine& engine, std::string instance, WatchListener listener);
    EngineWatch(const EngineWatch&) = delete;
    EngineWatch& operator=(const EngineWatch&) = delete;
    ~EngineWatch() = default;

    /// Until stop. An engine that goes is waited for.
    void run(std::stop_token stop);
    /// Copies what has been written by now, of all its containers or those of one stack. Throws Error.
    void copy_once(const std::string& stack = {});

private:
    /// The output of one container on its way to the log.
    struct Copying {
        OutputCopy copy;
        std::optional<LogStream> stream{};
        /// The container has ended or started since the stream was opened. When it ends the engine is asked
        /// for one more: the stream may be that of the run before, and at the end of a run the engine may end
        /// it before it has sent the last lines.
        bool once_more = false;
    };

    [[nodiscard]] Wanted labels(const std::string& stack = {}) const;
    void watch(const std::stop_token& stop);
    void follow_all(const std::stop_token& stop);
    void follow(const std::string& container, const Labels& labels, const std::stop_token& stop);
    [[nodiscard]] std::optional<OutputCopy> copy_for(const std::string& container,
                                                     const Labels& labels) const;
    void heed(const EngineEvent& event, const std::stop_token& stop);
    void copy_ready(const std::vector<std::string>& containers, const std::stop_token& stop);
    void mend_broken(const std::stop_token& stop);
    bool wait(int stopped, int events, const std::stop_token& stop);

    const Engine& engine_;
    std::string instance_;
    WatchListener listener_;
    std::map<std::string, Copying> copies_; ///< by container
    std::vector<std::string> broken_;       ///< containers whose output has to be asked for again
    std::int64_t mend_at_ = 0;              ///< monotonic: when
    bool lost_ = false;
};

} // namespace skerry::runtime::docker
