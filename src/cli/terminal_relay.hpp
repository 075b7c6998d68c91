#pragma once

#include "util/descriptor.hpp"

#include <sys/types.h>
#include <termios.h>

namespace skerry::cli {

/// A terminal for somebody who is not to have ours: what is typed here goes there, what is written there
/// comes here, and both have the same size. The destructor leaves our terminal as it was.
class TerminalRelay {
public:
    /// Throws Error unavailable when there are no more terminals.
    TerminalRelay();
    TerminalRelay(const TerminalRelay&) = delete;
    TerminalRelay& operator=(const TerminalRelay&) = delete;
    ~TerminalRelay();

    /// The end to give to the child.
    [[nodiscard]] int inner() const noexcept { return inner_.get(); }
    /// Relays until the child has ended, which it does not reap, or all have closed the terminal.
    void run(pid_t child);
    /// Shows what has been written until now.
    void finish();

private:
    void take_size() const;

    Descriptor outer_;
    Descriptor inner_;
    termios before_{};
    bool raw_ = false;
};

} // namespace skerry::cli
