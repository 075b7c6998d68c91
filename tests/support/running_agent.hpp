#pragma once

#include "agent/client.hpp"
#include "agent/opencode.hpp"
#include "demo/model_server.hpp"
#include "support/running_server.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <thread>

namespace skerry::test {

/// A port that was free a moment ago.
inline int free_port()
{
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), any, size) != 0 || ::getsockname(socket.get(), any, &size) != 0) {
        throw Error(Code::unavailable, "no free port");
    }
    return ntohs(address.sin_port);
}

/// A real opencode with a home and a project of its own, and the scripted model behind it. Found by
/// SKERRY_OPENCODE or in PATH; without it the tests fail.
class RunningAgent {
public:
    explicit RunningAgent(agent::Policy policy = agent::Policy::allow)
        : model_(demo::model_handler({.delay = std::chrono::milliseconds(5)})), policy_(policy),
          port_(free_port())
    {
        std::filesystem::create_directory(project());
        write_file(project() / "README.md", "a project\n");
        git({"init", "-q", "-b", "main"});
        git({"add", "-A"});
        git({"-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-q", "-m", "first"});
        start();
    }
    ~RunningAgent()
    {
        if (!child_) return;
        try {
            client().dispose(); // ends the commands that run in sessions of their own
        } catch (const Error&) {
        }
    }

    void start()
    {
        const auto launch = agent::prepare(setup());
        process::Command command{
            .words = launch.command, .folder = project(), .environment = launch.environment};
        const Descriptor log(
            ::open((folder_.path() / "agent.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        child_.emplace(command, log.get(), log.get());
        wait_until_healthy();
        client().warm_up();
    }
    void kill()
    {
        child_->signal(SIGKILL);
        child_->wait(std::chrono::seconds(5));
        child_.reset();
    }
    [[nodiscard]] bool alive() { return child_ && !child_->poll(); }

    [[nodiscard]] std::filesystem::path project() const { return folder_.path() / "project"; }
    [[nodiscard]] agent::Address address() const { return {port_, password_, project().string()}; }
    [[nodiscard]] agent::Client client() const { return agent::Client(address()); }
    [[nodiscard]] agent::Setup setup() const
    {
        const auto* configured = std::getenv("SKERRY_OPENCODE");
        return {.program = agent::find_opencode(configured == nullptr ? "" : configured),
                .port = port_,
                .password = password_,
                .home = folder_.path() / "home",
                .project = project(),
                .model = "demo/scripted",
                .model_port = model_.port(),
                .policy = policy_};
    }

private:
    void git(std::vector<std::string> words)
    {
        words.insert(words.begin(), "git");
        process::output_of({.words = words, .folder = project()});
    }
    void wait_until_healthy()
    {
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(4);
        while (true) {
            try {
                client().health();
                return;
            } catch (const Error&) {
                if (!alive() || std::chrono::steady_clock::now() > until) {
                    throw Error(Code::unavailable,
                                "opencode did not start: " + read_file(folder_.path() / "agent.log"));
                }
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

    TemporaryFolder folder_;
    RunningServer model_;
    agent::Policy policy_;
    int port_;
    std::string password_ = "a-password-for-tests";
    std::optional<process::Child> child_;
};

} // namespace skerry::test
