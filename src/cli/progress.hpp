#pragma once

#include "cli/terminal.hpp"
#include "util/clock.hpp"

#include <string>

namespace skerry::cli {

/// One line that tells what is going on and for how long, on a terminal only. It is gone before anything else
/// is written.
class Progress {
public:
    explicit Progress(Terminal& terminal);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    void show(const std::string& what);
    void clear();

private:
    Terminal& terminal_;
    bool wanted_;
    bool shown_ = false;
    std::int64_t since_ = monotonic_now();
    std::size_t frame_ = 0;
};

} // namespace skerry::cli
