#pragma once

#include "api/caller.hpp"
#include "util/clock.hpp"
#include "web/event_tail.hpp"
#include "web/identity.hpp"
#include "web/visit.hpp"

#include <cstdint>

namespace skerry::web {

/// What a stream was let in with. For one thread at a time.
class Admission {
public:
    Admission(const EventTail& tail, Proof proof, api::Caller caller);

    /// Whether the database has to be asked: the time may be over, something has changed about logins, tokens
    /// or users, or nobody has asked for long, which keeps a login in use. Costs next to nothing.
    [[nodiscard]] bool is_in_doubt() const;
    /// Asks it whether it still stands.
    bool look(db::Connection& db);
    [[nodiscard]] const api::Caller& caller() const noexcept { return caller_; }

private:
    const EventTail& tail_;
    Proof proof_;
    api::Caller caller_;
    std::int64_t seen_changes_ = -1; ///< so that there is a first look, which misses none
    Time look_again_ = 0;
};

/// What the visit was let in with.
Admission admission_of(const Visit& visit);

} // namespace skerry::web
