#pragma once

#include "util/descriptor.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace skerry::test {

/// A terminal of so many columns that remembers what was written to it.
class PseudoTerminal {
public:
    explicit PseudoTerminal(unsigned short columns) : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
    {
        if (!master_.open() || ::grantpt(master_.get()) != 0 || ::unlockpt(master_.get()) != 0)
            throw std::runtime_error("no pseudo terminal");
        slave_ = Descriptor(
            ::open(::ptsname(master_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC)); // NOLINT(concurrency-mt-unsafe)
        const winsize size{24, columns, 0, 0};
        ::ioctl(slave_.get(), TIOCSWINSZ, &size);
    }
    [[nodiscard]] int descriptor() const noexcept { return slave_.get(); }

private:
    Descriptor master_;
    Descriptor slave_;
};

} // namespace skerry::test
