#pragma once

#include "cli/call.hpp"

namespace skerry::cli {

/// What the action of the command's row gives. The field that may be "-" is read from standard input.
api::Json perform_action(Call& call);
/// As perform_action, with an input of the command's own making.
api::Json perform_action(Call& call, const api::Json& input);

/// Performs the action of the command's row, which starts work on a project, and shows what was started; with
/// --wait or
/// --follow stays until the work is done, and its outcome is the exit status.
int start_work(Call& call);
/// As start_work, with an input of the command's own making.
int start_work(Call& call, const api::Json& input);

} // namespace skerry::cli
