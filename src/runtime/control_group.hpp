#pragma once

#include "runtime/limits.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::runtime {

/// Where control groups with limits can be made: one folder for each of the controllers "memory" and "pids"
/// that is ours to use (version 1), or one for both (version 2). Empty where neither can be had.
struct GroupPlaces {
    struct Place {
        std::filesystem::path folder; ///< an existing group; ours are made inside
        bool memory = false;
        bool processes = false;
        bool unified = false; ///< version 2
    };
    std::vector<Place> places;
};

/// From the texts of /proc/self/mounts and /proc/self/cgroup, and from what is writable.
GroupPlaces find_group_places(std::string_view mounts, std::string_view groups);
/// For this process.
GroupPlaces find_group_places();

/// The control groups of one service, with limits. The destructor kills what is in them and removes them.
class ControlGroup {
public:
    /// Makes groups of that name wherever `places` allow; what still lives in older ones of that name is
    /// killed.
    ControlGroup(const GroupPlaces& places, const std::string& name, const Limits& limits);
    ControlGroup(const ControlGroup&) = delete;
    ControlGroup& operator=(const ControlGroup&) = delete;
    ~ControlGroup();

    [[nodiscard]] bool limits_memory() const noexcept { return memory_; }
    [[nodiscard]] bool limits_processes() const noexcept { return processes_; }
    /// The files that a process writes "0" to in order to join.
    [[nodiscard]] std::vector<std::string> doors() const;
    /// How often the kernel killed something in here for want of memory.
    [[nodiscard]] std::uint64_t out_of_memory_count() const;
    /// Kills all that is inside.
    void kill() const;

private:
    struct Group {
        std::filesystem::path folder;
        bool unified = false;
    };
    std::vector<Group> groups_;
    bool memory_ = false;
    bool processes_ = false;
};

/// Removes groups whose names begin with `prefix`, which an earlier supervisor left, and kills what is in
/// them.
void remove_groups(const GroupPlaces& places, std::string_view prefix);

} // namespace skerry::runtime
