#include "exec/attempt_lock.hpp"

#include "api/json.hpp"
#include "exec/process_list.hpp"
#include "util/deadline.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace skerry::exec {
namespace {

using std::chrono::milliseconds;
namespace fs = std::filesystem;

constexpr std::string_view prefix = "job-";
constexpr std::string_view suffix = ".lock";

std::string boot_id()
{
    return std::string(trim(read_file_if_any("/proc/sys/kernel/random/boot_id").value_or("unknown")));
}

fs::path lock_path(const Paths& paths, std::int64_t job, std::int64_t lease)
{
    return paths.running() /
           (std::string(prefix) + std::to_string(job) + "-" + std::to_string(lease) + std::string(suffix));
}

/// "job-12-3.lock"
std::optional<FoundLock> lock_named(std::string_view name)
{
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    name.remove_suffix(suffix.size());
    const auto* const end = name.data() + name.size();
    FoundLock found;
    const auto job = std::from_chars(name.data(), end, found.job);
    if (job.ec != std::errc{} || job.ptr == end || *job.ptr != '-') return std::nullopt;
    const auto lease = std::from_chars(job.ptr + 1, end, found.lease);
    return lease.ec == std::errc{} && lease.ptr == end ? std::optional(found) : std::nullopt;
}

/// Whom a lock was handed to, as far as its worker came to say.
struct Holder {
    pid_t group = 0; ///< 0: unknown
    std::uint64_t started = 0;
};

Holder holder_in(const fs::path& file)
{
    const auto text = read_file_if_any(file);
    const auto json = text ? api::Json::try_parse(*text).value_or(api::Json()) : api::Json();
    if (json["boot"].view() != boot_id()) return {};
    return {static_cast<pid_t>(json["group"].number()), static_cast<std::uint64_t>(json["started"].number())};
}

/// Whether the group of that number is the one that was started for the job, and not a later one that was
/// given the same number.
bool is_of_job(const Holder& holder, std::int64_t job, const std::vector<pid_t>& members)
{
    if (const auto started = start_of(holder.group)) return *started == holder.started;
    return std::any_of(members.begin(), members.end(),
                       [&](pid_t pid) { return has_variable(pid, "SKERRY_JOB_ID", std::to_string(job)); });
}

/// Everything that one attempt has left running.
std::set<pid_t> left_by(const fs::path& file, std::int64_t job)
{
    std::set<pid_t> pids;
    if (const auto holder = holder_in(file); holder.group > 1)
        if (const auto members = members_of(holder.group); is_of_job(holder, job, members))
            pids.insert(members.begin(), members.end());
    if (!FileLock::is_held(file)) return pids;
    const auto heirs = heirs_of(file);
    pids.insert(heirs.begin(), heirs.end());
    pids.erase(::getpid());
    return pids;
}

void send(const std::set<pid_t>& pids, int signal)
{
    for (const pid_t pid : pids) ::kill(pid, signal);
}

/// Waits until the attempt has left nothing; false when the time is over or on stop.
bool comes_to_nothing(const fs::path& file, std::int64_t job, milliseconds time, const std::stop_token& stop)
{
    constexpr milliseconds beat{5};
    const Deadline deadline(time);
    while (FileLock::is_held(file) || !left_by(file, job).empty()) {
        if (deadline.over() || stop.stop_requested()) return false;
        std::this_thread::sleep_for(beat);
    }
    return true;
}

/// Kills again and again, since who is not dead yet may go on starting others.
bool is_killed(const fs::path& file, std::int64_t job, milliseconds time)
{
    constexpr milliseconds beat{10};
    const Deadline deadline(time);
    while (!deadline.over()) {
        send(left_by(file, job), SIGKILL);
        if (comes_to_nothing(file, job, beat, {})) return true;
    }
    return false;
}

std::string listed(const std::set<pid_t>& pids)
{
    std::vector<std::string> numbers;
    for (const pid_t pid : pids) numbers.push_back(std::to_string(pid));
    return join(numbers, ", ");
}

Leftover end_attempt(const fs::path& file, std::int64_t job, const std::stop_token& stop,
                     const Patience& patience)
{
    const auto pids = left_by(file, job);
    send(pids, SIGTERM);
    send(pids, SIGCONT); // one that stands still does not heed TERM
    bool gone = comes_to_nothing(file, job, patience.grace, stop);
    if (!gone && !left_by(file, job).empty()) gone = is_killed(file, job, patience.bound);
    if (gone) {
        ::unlink(file.c_str());
        return {.ended = pids.size()};
    }
    const auto left = left_by(file, job);
    if (left.empty()) return {.ended = pids.size(), .held = true};
    throw Error(Code::unavailable,
                "an attempt before has left processes that cannot be ended: " + listed(left),
                {.hint = "end them, then 'skerry jobs retry " + std::to_string(job) + "'"});
}

} // namespace

AttemptLock::AttemptLock(const Paths& paths, std::int64_t job, std::int64_t lease)
    : path_(lock_path(paths, job, lease))
{
    make_private_folder(paths.running());
    lock_ = FileLock::try_acquire(path_);
    if (!lock_)
        throw Error(Code::unavailable, "somebody holds " + path_.string(),
                    {.hint = "an attempt before has left something running"});
    if (::ftruncate(descriptor(), 0) != 0) throw system_error(errno, "cannot write " + path_.string());
}

AttemptLock::~AttemptLock()
{
    ::unlink(path_.c_str());
}

void AttemptLock::hand_over(pid_t group)
{
    const auto text =
        api::Json::object({{"group", group}, {"started", start_of(group).value_or(0)}, {"boot", boot_id()}})
            .dump();
    if (::write(descriptor(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw system_error(errno, "cannot write " + path_.string());
    lock_.reset(); // closed, not unlocked: the others hold the same lock
}

bool AttemptLock::is_free() const
{
    return !FileLock::is_held(path_);
}

std::vector<FoundLock> attempt_locks(const Paths& paths)
{
    std::vector<FoundLock> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(paths.running(), none))
        if (const auto lock = lock_named(entry.path().filename().string())) found.push_back(*lock);
    return found;
}

Leftover end_orphans(const Paths& paths, std::int64_t job, std::int64_t lease, const std::stop_token& stop,
                     Patience patience)
{
    Leftover all;
    for (const auto& lock : attempt_locks(paths)) {
        if (lock.job != job || lock.lease >= lease) continue;
        const auto one = end_attempt(lock_path(paths, job, lock.lease), job, stop, patience);
        all.ended += one.ended;
        all.held = all.held || one.held;
    }
    return all;
}

} // namespace skerry::exec
