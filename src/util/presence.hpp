#pragma once

#include "util/descriptor.hpp"

#include <filesystem>

namespace skerry {

/// That somebody looks at something: any number of processes may be present at a place at once, each until
/// it is destroyed or the process dies, whichever comes first.
class Presence {
public:
    /// Throws Error when the file cannot be made.
    explicit Presence(const std::filesystem::path& place);
    /// Lives on in a program that takes this one's place by exec.
    void outlive_exec() const;

    static bool anybody(const std::filesystem::path& place);

private:
    Descriptor file_;
};

} // namespace skerry
