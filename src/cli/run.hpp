#pragma once

namespace skerry::cli {

/// Performs the command line and returns the exit status. Says on standard error what went wrong; throws
/// nothing.
int run(int count, char** words) noexcept;

} // namespace skerry::cli
