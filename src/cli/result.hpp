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

/// What people and scripts get in the end: the project as it is now with jobId, sessionId, turn, outcome,
/// error.
api::Json result_of(db::Connection& db, const api::Json& started, const Awaited& awaited,
                    const Outcome& outcome);
/// `told`: the events have been shown, and with them what the turn came to.
void show_result(Terminal& terminal, const api::Json& result, const Command& command, bool told);

} // namespace skerry::cli
