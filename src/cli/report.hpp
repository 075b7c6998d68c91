#pragma once

#include "api/json.hpp"
#include "cli/command.hpp"
#include "cli/terminal.hpp"
#include "util/error.hpp"

namespace skerry::cli {

/// {"code", "message", "hint"?, "fields"?: [{"field", "message"}]}
api::Json to_json(const Error& error);

/// Says on `notes` what went wrong and what to try: two lines, or one line of JSON. The wrong fields of
/// `command` (may be null) are called as on the command line.
void report(const Error& error, const Command* command, Stream& notes, bool json);

} // namespace skerry::cli
