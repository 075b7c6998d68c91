#pragma once

#include "agent/batch.hpp"
#include "agent/normaliser.hpp"
#include "agent/turn.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace skerry::agent {

/// Tells a sink about one turn: what the agent says in its session and below, and how far the turn is. The
/// sink is called by tell() only.
class Teller {
public:
    Teller(const TurnRequest& request, const Sink& sink);

    /// One event of the agent's stream.
    void take(const api::Json& upstream) { add(normaliser_.take(upstream)); }
    /// News that the agent was asked for, as if the stream had said it: `member` of the session is now
    /// `value`.
    void take_as(std::string_view type, std::string_view member, api::Json value);
    void learn(const std::vector<api::Json>& turn);
    void reconcile(const api::Json& permissions, const api::Json& questions);
    /// Nobody shall answer that request any more, or be told of it.
    void expect(const std::string& id, const std::string& reply) { normaliser_.expect(id, reply); }
    void forget(const OpenRequest& request) { add(normaliser_.forget(request)); }
    void add_child(const std::string& session) { normaliser_.set_parent(session, request_.session); }
    void lost() { normaliser_.lost(); }

    /// A turn goes forward, except that it runs again after it has waited for somebody.
    void report(Progress progress);
    [[nodiscard]] bool has_begun() const noexcept { return progress_.has_value(); }

    /// `text` without secrets, as everything is told.
    [[nodiscard]] std::string cleaned(std::string text) const { return normaliser_.cleaned(std::move(text)); }
    /// Whether `session` is the turn's or a sub-agent's below it.
    [[nodiscard]] bool is_about(const std::string& session) const;
    [[nodiscard]] bool needs_input() const { return normaliser_.needs_input(request_.session); }
    [[nodiscard]] std::vector<OpenRequest> open_requests() const
    {
        return normaliser_.open_requests(request_.session);
    }
    [[nodiscard]] bool told_idle() const { return normaliser_.sessions().is_idle(request_.session); }
    /// Those in the project that were told to have changed.
    [[nodiscard]] const std::set<std::string>& files() const noexcept { return files_; }

    /// When something must be told.
    [[nodiscard]] Batch::Clock::time_point due() const { return batch_.due(); }
    /// Tells what is due, or all. That the turn has begun comes before what is said in it, that it waits for
    /// somebody comes after what it waits for.
    void tell(bool all = false);

private:
    void add(std::vector<Event> events);
    void tell_begin();

    const TurnRequest& request_;
    const Sink& sink_;
    Normaliser normaliser_;
    Batch batch_;
    std::set<std::string> files_;
    std::optional<Progress> progress_;
    std::vector<Progress> untold_;
    bool told_begin_ = false;
};

} // namespace skerry::agent
