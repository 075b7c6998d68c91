#pragma once

#include "cli/call.hpp"
#include "cli/follower.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "cli/waiter.hpp"

#include <optional>
#include <string>

namespace skerry::cli {

/// Stays with the work that an action has started until it is done, or until somebody has waited enough.
class Watch {
public:
    /// `started`: what the action gave. Events behind `since` are new.
    Watch(Call& call, api::Json started, Work options, Waiter& waiter, std::int64_t since);

    /// Returns the exit status; all has been said.
    int stay();

private:
    std::optional<Outcome> look();
    void follow();
    void go_on_with_repair();
    int finish(const Outcome& outcome);
    void show_for_scripts(const Outcome& outcome);
    int interrupted();
    int cancel();
    int leave(Code code, const std::string& message, int exit);
    void end_lines();
    [[nodiscard]] std::string doing();

    Call& call_;
    api::Json started_;
    Work options_;
    Waiter& waiter_;
    Follower follower_;
    Progress progress_;
    Awaited awaited_;
};

} // namespace skerry::cli
