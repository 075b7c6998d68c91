#pragma once

#include "app/paths.hpp"
#include "util/descriptor.hpp"

#include <map>
#include <string>
#include <vector>

namespace skerry::queue {

/// The processes of the other workers on a data folder, as files that become readable when one of them dies:
/// what it held is then taken over at once and not at the next look.
class Neighbours {
public:
    explicit Neighbours(Paths paths) : paths_(std::move(paths)) {}

    /// Looks who has come and gone.
    void look();
    /// Whether one of them has died since the last look.
    [[nodiscard]] bool any_died() const;
    /// One for each process; to be polled.
    [[nodiscard]] std::vector<int> descriptors() const;

private:
    Paths paths_;
    std::map<std::string, Descriptor> processes_; ///< by the name of the worker
};

} // namespace skerry::queue
