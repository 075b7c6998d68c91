#pragma once

#include "api/json.hpp"
#include "cli/command.hpp"
#include "cli/outcome.hpp"
#include "cli/terminal.hpp"

namespace skerry::cli {

/// The project as an action left it: on its way, with the job and perhaps the turn.
void show_started(Terminal& terminal, const Command& command, const api::Json& started);
/// "hello is starting, job 12"
std::string started_sentence(const Stream& stream, const api::Json& started);

/// What people and scripts get in the end: the project as it is now with jobId, sessionId, outcome, error,
/// and what the turn and those that repaired it came to: turnId of the first, turnIds of all, turn the last
/// one.
api::Json result_of(db::Connection& db, const api::Json& started, const Outcome& outcome);
/// `told`: the events have been shown, and with them what the turn came to.
void show_result(Terminal& terminal, const api::Json& result, const Command& command, bool told);

} // namespace skerry::cli
