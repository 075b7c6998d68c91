#include "runtime/control_group.hpp"

#include "util/clock.hpp"
#include "util/descriptor.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace skerry::runtime {
namespace {

namespace fs = std::filesystem;
using Place = GroupPlaces::Place;

/// Empty when it cannot be read: a group may vanish at any moment.
std::string text_in(const fs::path& file)
{
    std::string text(1U << 16U, '\0');
    const Descriptor input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    const auto count = input.open() ? ::read(input.get(), text.data(), text.size()) : 0;
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
}

bool has_word(std::string_view words, std::string_view word, char separator)
{
    const auto parts = split(words, separator);
    return std::any_of(parts.begin(), parts.end(),
                       [&](const std::string& part) { return trim(part) == word; });
}

/// The group that `groups` (/proc/self/cgroup, "4:memory:/path") names for a controller; "" stands for
/// version 2.
std::optional<std::string> group_of(std::string_view groups, std::string_view controller)
{
    for (const auto& line : split(groups, '\n')) {
        const auto first = line.find(':');
        const auto second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const auto controllers = std::string_view(line).substr(first + 1, second - first - 1);
        if (controller.empty() ? controllers.empty() : has_word(controllers, controller, ','))
            return line.substr(second + 1);
    }
    return std::nullopt;
}

bool is_writable(const fs::path& folder)
{
    return ::access(folder.c_str(), W_OK) == 0 && ::access((folder / "cgroup.procs").c_str(), W_OK) == 0;
}

/// `folder` without the leading slash that would make it replace what it is appended to.
fs::path below(const fs::path& mount, std::string_view group)
{
    while (group.starts_with('/')) group.remove_prefix(1);
    return group.empty() ? mount : mount / group;
}

/// Version 1: inside our own group, so that its limits hold for us as well.
std::optional<Place> place_in_first(const fs::path& mount, std::string_view groups,
                                    const std::string& controller)
{
    const auto group = group_of(groups, controller);
    if (!group) return std::nullopt;
    const auto folder = below(mount, *group);
    if (!is_writable(folder)) return std::nullopt;
    return Place{folder, controller == "memory", controller == "pids", false};
}

/// Version 2: the nearest group above (or at) our own that hands the controllers down and is ours to change.
std::optional<Place> place_in_second(const fs::path& mount, std::string_view groups)
{
    const auto group = group_of(groups, "");
    if (!group) return std::nullopt;
    for (auto folder = below(mount, *group);; folder = folder.parent_path()) {
        const auto handed_down = text_in(folder / "cgroup.subtree_control");
        const Place place{folder, has_word(handed_down, "memory", ' '), has_word(handed_down, "pids", ' '),
                          true};
        if ((place.memory || place.processes) && is_writable(folder)) return place;
        if (folder == mount || !folder.has_relative_path()) return std::nullopt;
    }
}

/// The kernel takes the whole text in one write, and the file must not be made.
bool write_setting(const fs::path& file, std::string_view text)
{
    const Descriptor setting(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return setting.open() &&
           ::write(setting.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool limit_memory(const fs::path& folder, bool unified, std::uint64_t bytes)
{
    const auto text = std::to_string(bytes);
    if (unified) {
        write_setting(folder / "memory.swap.max", "0");
        return write_setting(folder / "memory.max", text);
    }
    const bool done = write_setting(folder / "memory.limit_in_bytes", text);
    write_setting(folder / "memory.memsw.limit_in_bytes", text); // there only when the kernel accounts swap
    return done;
}

void kill_members(const fs::path& folder)
{
    for (const auto& line : split(text_in(folder / "cgroup.procs"), '\n')) {
        pid_t pid = 0;
        std::from_chars(line.data(), line.data() + line.size(), pid);
        if (pid > 0) ::kill(pid, SIGKILL);
    }
}

/// Bounded: a group that cannot be emptied within a second stays and is found again next time.
void kill_and_remove(const fs::path& folder)
{
    const auto deadline = monotonic_now() + 1000;
    while (::rmdir(folder.c_str()) != 0 && errno == EBUSY && monotonic_now() < deadline) {
        kill_members(folder);
        ::poll(nullptr, 0, 10);
    }
}

/// Whether a child of ours may enter: having made a group is no proof, the way there must be ours as well.
bool can_be_joined(const fs::path& folder)
{
    const auto door = (folder / "cgroup.procs").string();
    const pid_t child = ::fork();
    if (child == 0) {
        const int file = ::open(door.c_str(), O_WRONLY | O_CLOEXEC);
        ::_exit(file >= 0 && ::write(file, "0", 1) == 1 ? 0 : 1);
    }
    int status = -1;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

std::uint64_t count_in(const fs::path& file, std::string_view name)
{
    for (const auto& line : split(text_in(file), '\n')) {
        if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') continue;
        std::uint64_t count = 0;
        std::from_chars(line.data() + name.size() + 1, line.data() + line.size(), count);
        return count;
    }
    return 0;
}

} // namespace

GroupPlaces find_group_places(std::string_view mounts, std::string_view groups)
{
    GroupPlaces found;
    for (const auto& line : split(mounts, '\n')) {
        const auto words = split(line, ' '); // what, where, type, options
        if (words.size() < 4) continue;
        std::optional<Place> place;
        if (words[2] == "cgroup2") place = place_in_second(words[1], groups);
        for (const std::string controller : {"memory", "pids"})
            if (words[2] == "cgroup" && has_word(words[3], controller, ','))
                place = place_in_first(words[1], groups, controller);
        if (place) found.places.push_back(*place);
    }
    return found;
}

GroupPlaces find_group_places()
{
    return find_group_places(text_in("/proc/self/mounts"), text_in("/proc/self/cgroup"));
}

ControlGroup::ControlGroup(const GroupPlaces& places, const std::string& name, const Limits& limits)
{
    for (const auto& place : places.places) {
        const auto folder = place.folder / name;
        if (fs::exists(folder)) kill_and_remove(folder);
        if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) continue;
        if (!can_be_joined(folder)) {
            ::rmdir(folder.c_str());
            continue;
        }
        groups_.push_back({folder, place.unified});
        if (place.memory && limit_memory(folder, place.unified, limits.memory)) memory_ = true;
        if (place.processes && write_setting(folder / "pids.max", std::to_string(limits.processes)))
            processes_ = true;
    }
}

ControlGroup::~ControlGroup()
{
    for (const auto& group : groups_) kill_and_remove(group.folder);
}

std::vector<std::string> ControlGroup::doors() const
{
    std::vector<std::string> doors;
    for (const auto& group : groups_) doors.push_back((group.folder / "cgroup.procs").string());
    return doors;
}

std::uint64_t ControlGroup::out_of_memory_count() const
{
    std::uint64_t count = 0;
    for (const auto& group : groups_)
        count +=
            count_in(group.folder / (group.unified ? "memory.events" : "memory.oom_control"), "oom_kill");
    return count;
}

void ControlGroup::kill() const
{
    for (const auto& group : groups_) kill_members(group.folder);
}

void remove_groups(const GroupPlaces& places, std::string_view prefix)
{
    for (const auto& place : places.places) {
        std::vector<fs::path> stale;
        std::error_code fault;
        for (const auto& entry : fs::directory_iterator(place.folder, fault))
            if (entry.path().filename().string().starts_with(prefix)) stale.push_back(entry.path());
        for (const auto& folder : stale) kill_and_remove(folder);
    }
}

} // namespace skerry::runtime
