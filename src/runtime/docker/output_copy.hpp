#pragma once

#include "runtime/docker/engine.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skerry::runtime::docker {

/// Which lines of a container's output have been seen, by their times: the last ones one by one, all others
/// by being older. Those of its two outputs may come out of order, so the newest time alone would not do.
class SeenLines {
public:
    static constexpr std::size_t most = 64;

    SeenLines() = default;
    explicit SeenLines(std::vector<Nanoseconds> times);

    /// From here on lines come again from from() on, as they did before.
    void begin_again() { again_ = times_; }
    /// Whether it is new, and counts as seen from now on.
    bool add(Nanoseconds time);
    /// From where on lines have to be read again; 0: from the beginning.
    [[nodiscard]] Nanoseconds from() const noexcept { return times_.empty() ? 0 : times_.front(); }
    [[nodiscard]] const std::vector<Nanoseconds>& times() const noexcept { return times_; }

private:
    std::vector<Nanoseconds> times_;   ///< sorted
    std::vector<Nanoseconds> again_{}; ///< of those that will come once more, sorted
};

/// Copies what a container writes into its project's log, each line once, whichever of container, engine and
/// skerry ends and begins again, and whenever: how far it came is kept in state/docker. A container that
/// replaces another of the same service begins anew.
///
/// One at a time for a service.
class OutputCopy {
public:
    /// Throws Error when what was kept cannot be read.
    OutputCopy(std::filesystem::path state, std::string service, std::string container);

    /// What to ask the engine for: before its lines are taken, and after each break.
    LogQuery begin(bool follow);
    /// Writes those of the lines that are new. Throws Error unavailable when the log cannot be written: they
    /// are new again after begin().
    void take(const std::vector<OutputLine>& lines);

private:
    void recall();
    void keep(const SeenLines& after, const std::string& text) const;
    [[nodiscard]] std::filesystem::path file() const;

    std::filesystem::path state_;
    std::string service_;
    std::string container_;
    SeenLines seen_;
};

} // namespace skerry::runtime::docker
