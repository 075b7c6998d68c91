#pragma once

#include "integration/runtime/docker/world.hpp"
#include "integration/runtime/world.hpp"

#include <csignal>
#include <fcntl.h>
#include <memory>

namespace skerry::test {

/// For tests that end the engine: they need one of their own, and the rights to start it.
inline doctest::skip skip_without_own_engine()
{
    return doctest::skip(!why_no_engine().empty() || ::geteuid() != 0 || !process::find_program("dockerd"));
}

/// An engine apart from the machine's, in a network of its own: its containers have none.
class OwnEngine {
public:
    explicit OwnEngine(bool live_restore)
        : live_restore_(live_restore), output_(::open((folder_.path() / "dockerd.log").c_str(),
                                                      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)),
          engine_(folder_.path() / "docker.sock")
    {
        start();
        process::output_of({.words = {"tests/support/engine_image", image},
                            .environment = {{"DOCKER_HOST", "unix://" + engine_.socket().string()}}});
    }
    OwnEngine(const OwnEngine&) = delete;
    OwnEngine& operator=(const OwnEngine&) = delete;
    ~OwnEngine()
    {
        try {
            if (!daemon_) start();
            for (const auto& container : engine_.containers({})) engine_.remove_container(container.id);
            daemon_->signal(SIGTERM);
            daemon_->wait(std::chrono::seconds(20));
        } catch (const std::exception& fault) {
            MESSAGE("an engine was left behind: " << fault.what());
        }
    }

    /// Waits until it answers. After a kill that may take more than one try.
    void start()
    {
        for (int tries = 0; tries < 5; ++tries) {
            remove_stale_pids();
            daemon_ = std::make_unique<process::Child>(command(), output_.get(), output_.get());
            if (eventually([&] { return answers() || daemon_->poll(); }) && answers()) return;
        }
        FAIL("the engine does not start: " << text_of(folder_.path() / "dockerd.log"));
    }
    /// As if the machine had no mercy: containers live on, what the engine knew of the moment is lost.
    void kill()
    {
        const auto pid = static_cast<pid_t>(std::stol(text_of(folder_.path() / "dockerd.pid")));
        ::kill(pid, SIGKILL);
        eventually([&] { return !is_alive(pid); });
        daemon_.reset();
    }

    [[nodiscard]] const runtime::docker::Engine& engine() const noexcept { return engine_; }
    std::string docker(std::vector<std::string> words) const // NOLINT(modernize-use-nodiscard)
    {
        words.insert(words.begin(), {"docker", "--host", "unix://" + engine_.socket().string()});
        return std::string(trim(process::output_of({.words = std::move(words)})));
    }
    const std::string image = "skerry-test/tools:1";

private:
    [[nodiscard]] process::Command command() const
    {
        const auto in = [&](const char* name) { return (folder_.path() / name).string(); };
        process::Command made{.words = {"unshare", "--net", "dockerd", "--host",
                                        "unix://" + engine_.socket().string(), "--data-root", in("data"),
                                        "--exec-root", in("exec"), "--pidfile", in("dockerd.pid"),
                                        "--bridge=none", "--iptables=false", "--ip6tables=false"}};
        if (live_restore_) made.words.emplace_back("--live-restore");
        return made;
    }
    void remove_stale_pids() const
    {
        for (const auto* const name : {"dockerd.pid", "exec/containerd/containerd.pid"}) {
            const auto file = folder_.path() / name;
            const auto text = text_of(file);
            if (!text.empty() && !is_alive(std::stoi(text))) std::filesystem::remove(file);
        }
    }
    [[nodiscard]] bool answers() const
    {
        try {
            (void)engine_.version();
            return true;
        } catch (const Error&) {
            return false;
        }
    }

    TemporaryFolder folder_;
    bool live_restore_;
    Descriptor output_;
    runtime::docker::Engine engine_;
    std::unique_ptr<process::Child> daemon_;
};

} // namespace skerry::test
