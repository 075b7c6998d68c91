#pragma once

#include "api/json.hpp"
#include "http/client.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace skerry::agent {

/// Where an agent listens, and the folder it works in. An agent answers for its folder only.
struct Address {
    int port = 0;
    std::string password;
    std::string folder; ///< the project's, as the agent sees it
    bool operator==(const Address&) const = default;
};

/// What the name of one of the agent's folders becomes in its query.
std::string percent_encoded(std::string_view text);

/// A file that goes with a prompt.
struct File {
    std::string name;
    std::string mime;
    std::string url; ///< "data:" with its content
};

/// A prompt as the agent takes it.
struct Prompt {
    std::string message; ///< becomes its name
    std::string model;   ///< "provider/model"
    std::string mode;    ///< "build", "plan"
    std::string text;
    std::vector<File> files{};
};

/// One connection to an agent; for one thread at a time. Every function throws Error: unavailable when the
/// agent cannot be reached, timeout when it does not answer in time, cancelled on stop, and for what the
/// agent itself refuses not_found, conflict, bad_request, unauthorized or internal, with the agent's message.
class Client {
public:
    explicit Client(Address address);

    [[nodiscard]] const Address& address() const noexcept { return address_; }

    /// The agent's version, when it is well.
    std::string health(std::stop_token stop = {},
                       std::chrono::milliseconds timeout = std::chrono::seconds(5));
    /// Makes it load what the first prompt would have to wait for.
    void warm_up(std::stop_token stop = {});

    /// What it offers, without keys: [{model, name, context, output}], model as "provider/model".
    api::Json models(std::stop_token stop = {});

    /// A new session of that title and model ("provider/model"). Returns the agent's name for it.
    std::string create_session(const std::string& title, const std::string& model, std::stop_token stop = {});
    bool has_session(const std::string& session, std::stop_token stop = {});
    /// A new session with the conversation of this one as it was before the prompt of that name; with all of
    /// it when none is named.
    std::string fork_session(const std::string& session, const std::string& before,
                             std::stop_token stop = {});
    /// With its messages. One that is not there is fine.
    void delete_session(const std::string& session, std::stop_token stop = {});
    /// {session: {type: "busy" | "retry", ...}} of those that are not idle.
    api::Json statuses(std::stop_token stop = {});
    /// The names of the sub-agents' sessions below it.
    std::vector<std::string> children(const std::string& session, std::stop_token stop = {});
    api::Json todos(const std::string& session, std::stop_token stop = {});

    /// What the session may do from now on, behind what held before: [{permission, pattern, action}].
    void set_rules(const std::string& session, const api::Json& rules, std::stop_token stop = {});
    /// Hands over a prompt and returns at once; handing over the same one again does not make it two.
    void prompt(const std::string& session, const Prompt& prompt, std::stop_token stop = {});
    bool has_message(const std::string& session, const std::string& message, std::stop_token stop = {});
    /// The newest `limit` messages, oldest first: [{info, parts}].
    api::Json messages(const std::string& session, int limit, std::stop_token stop = {});
    /// Ends what the session is doing. Nothing to end is fine.
    void abort(const std::string& session, std::chrono::milliseconds timeout = std::chrono::seconds(10));

    /// What the agent waits for, in all sessions of its folder; also leftovers of sessions that are idle.
    api::Json permissions(std::stop_token stop = {});
    api::Json questions(std::stop_token stop = {});
    /// `reply` is "once", "always" or "reject"; `message` tells the agent why.
    void reply_permission(const std::string& request, const std::string& reply,
                          const std::string& message = {}, std::stop_token stop = {});
    /// For each question the chosen labels.
    void reply_question(const std::string& request, const std::vector<std::vector<std::string>>& answers,
                        std::stop_token stop = {});
    void reject_question(const std::string& request, std::stop_token stop = {});

    /// Ends all that the agent is doing, its commands included.
    void dispose(std::stop_token stop = {});

private:
    struct Call;
    api::Json call(const Call& what, std::stop_token stop);
    std::string in_folder(const std::string& path) const;

    Address address_;
    http::Client http_;
};

/// The path of the agent's event stream for its folder.
std::string event_path(const Address& address);
/// As an HTTP client sees the agent.
http::Target target_of(const Address& address);

} // namespace skerry::agent
