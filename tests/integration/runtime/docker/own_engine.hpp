#pragma once

#include "integration/runtime/docker/world.hpp"
#include "integration/runtime/world.hpp"
#include "support/variable.hpp"

#include <csignal>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/mount.h>

namespace skerry::test {

/// For tests that end the engine: they need one of their own, and the rights to start it.
inline doctest::skip skip_without_own_engine()
{
    return doctest::skip(!why_no_engine().empty() || ::geteuid() != 0 || !process::find_program("dockerd"));
}

/// An engine apart from the machine's, in a network of its own: its containers cannot be reached.
class OwnEngine {
public:
    struct Options {
        bool live_restore = false;
        int disk_megabytes = 0;     ///< all it has for images and containers; 0: what the machine has
        std::string address_pool{}; ///< base=..., size=...; empty: its own choice
    };

    explicit OwnEngine(Options options)
        : options_(std::move(options)), output_(::open((folder_.path() / "dockerd.log").c_str(),
                                                       O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)),
          engine_(folder_.path() / "docker.sock")
    {
        if (options_.disk_megabytes != 0) mount_disk();
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
            // An engine mounts its folder onto itself, and one that is killed leaves that.
            while (::umount2(data().c_str(), MNT_DETACH) == 0) {
            }
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

    /// Where it keeps all that it has.
    [[nodiscard]] std::filesystem::path data() const { return folder_.path() / "data"; }
    [[nodiscard]] const runtime::docker::Engine& engine() const noexcept { return engine_; }
    std::string docker(std::vector<std::string> words) const // NOLINT(modernize-use-nodiscard)
    {
        words.insert(words.begin(), {"docker", "--host", "unix://" + engine_.socket().string()});
        return std::string(trim(process::output_of({.words = std::move(words)})));
    }
    const std::string image = "skerry-test/tools:1";

private:
    void mount_disk() const
    {
        make_private_folder(data());
        const auto size = "size=" + std::to_string(options_.disk_megabytes) + "m,mode=711";
        REQUIRE(::mount("tmpfs", data().c_str(), "tmpfs", 0, size.c_str()) == 0);
    }
    [[nodiscard]] process::Command command() const
    {
        const auto in = [&](const char* name) { return (folder_.path() / name).string(); };
        process::Command made{.words = {"setpriv", "--pdeathsig", "TERM", "unshare", "--net", "dockerd",
                                        "--host", "unix://" + engine_.socket().string(), "--data-root",
                                        in("data"), "--exec-root", in("exec"), "--pidfile", in("dockerd.pid"),
                                        "--bridge=none", "--iptables=false", "--ip6tables=false"}};
        if (options_.live_restore) made.words.emplace_back("--live-restore");
        if (!options_.address_pool.empty())
            made.words.insert(made.words.end(), {"--default-address-pool", options_.address_pool});
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
    Options options_;
    Descriptor output_;
    runtime::docker::Engine engine_;
    std::unique_ptr<process::Child> daemon_;
};

/// The engine that skerry talks to, for as long as this lives.
class EngineInUse {
public:
    explicit EngineInUse(const OwnEngine& own)
    {
        World::make_tools_image(); // in the machine's engine, where later tests look for it
        host_.emplace("DOCKER_HOST", "unix://" + own.engine().socket().string());
    }

private:
    std::optional<Variable> host_;
};

} // namespace skerry::test
