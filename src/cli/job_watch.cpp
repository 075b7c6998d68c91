#include "cli/job_watch.hpp"

#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/outcome.hpp"
#include "cli/parting.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "cli/view.hpp"
#include "cli/waiter.hpp"
#include "queue/job_log.hpp"
#include "queue/queue.hpp"
#include "util/bell.hpp"

#include <cmath>

namespace skerry::cli {
namespace {

using queue::Added;
using queue::Job;
using std::chrono::milliseconds;

/// Writes what the command wrote where the command would have written it.
class LogFollower {
public:
    LogFollower(Terminal& terminal, std::filesystem::path file) : terminal_(terminal), file_(std::move(file))
    {
    }

    /// Shows what is new, after `clear` has taken away what stands on the last line.
    void look(const std::function<void()>& clear)
    {
        for (;;) {
            const auto part = read_log(file_, next_);
            if (part.next == next_) return;
            next_ = part.next;
            clear();
            for (const auto& line : part.lines)
                if (!is_rotation(line.text)) write(queue::parts_of_job_line(line.text));
        }
    }

private:
    void write(const queue::JobLine& line)
    {
        if (terminal_.json)
            terminal_.print(
                api::Json::object({{"type", "log"},
                                   {"time", line.time},
                                   {"source", line.source.empty() ? api::Json() : api::Json(line.source)},
                                   {"text", line.text}})
                    .dump());
        else if (line.source == "out")
            terminal_.print(harmless(line.text));
        else if (line.source.empty())
            terminal_.note(harmless(line.text));
        else
            terminal_.notes.write(harmless(line.text) + "\n");
    }

    Terminal& terminal_;
    std::filesystem::path file_;
    std::uint64_t next_ = 0;
};

std::string name_of_job(const Job& job)
{
    return "job " + std::to_string(job.id) + (job.name ? " (" + harmless_line(*job.name) + ")" : "");
}

/// "job 12 (nightly)  running  40 %  packing"
std::string doing(const Job& job)
{
    auto text = name_of_job(job) + "  " + std::string(shown(job.state));
    if (!job.progress || job.state != queue::State::running) return text;
    text += "  " + std::to_string(std::lround((*job.progress)["fraction"].real() * 100)) + " %";
    const auto message = (*job.progress)["message"].text();
    return message.empty() ? text : text + "  " + harmless_line(message);
}

api::Json result_of(const Job& job, const Added& added)
{
    auto json = to_json(job);
    if (added.deduplicated) json.set("deduplicated", true);
    return json;
}

void show_added(Call& call, const Added& added)
{
    auto& terminal = call.terminal;
    const auto job = queue::require(call.db(), added.id);
    if (terminal.json) return terminal.print(result_of(job, added).dump(terminal.out.is_terminal()));
    if (terminal.quiet || !terminal.out.is_terminal()) return terminal.print(std::to_string(job.id));
    const std::string state =
        added.deduplicated ? std::string(shown(job.state)) + " already" : std::string(name_of(job.state));
    terminal.print(name_of_job(job) + " is " + terminal.out.paint(paint_of_state(shown(job.state)), state));
}

void hint_without_worker(Call& call, const Added& added)
{
    if (queue::worker_is_alive(call.app().paths)) return;
    call.terminal.hint("no worker is running: start 'skerry worker', or use --wait; 'skerry jobs wait " +
                       std::to_string(added.id) + "' waits now");
}

/// One job that is stayed with.
class JobWatch {
public:
    JobWatch(Call& call, const Added& added, const JobWork& options, Waiter& waiter)
        : call_(call), added_(added), options_(options), waiter_(waiter), progress_(call.terminal),
          follower_(call.terminal, call.app().paths.job_log(added.id))
    {
    }

    int stay()
    {
        std::optional<Outcome> outcome;
        const auto end = waiter_.until([&] { return (outcome = look()).has_value(); });
        switch (end) {
        case Waiter::End::done: return finish(*outcome);
        case Waiter::End::interrupted: return interrupted();
        case Waiter::End::late:
            return leave(Code::timeout, "not done within " + *options_.wait_timeout, status::pending);
        }
        return status::failed;
    }

private:
    std::optional<Outcome> look()
    {
        // The outcome first: what was written before it is then in the log.
        auto outcome = outcome_of(call_.db(), {.job = added_.id});
        if (options_.follow) follower_.look([this] { progress_.clear(); });
        if (!outcome) progress_.show(doing(queue::require(call_.db(), added_.id)));
        return outcome;
    }

    int finish(const Outcome& outcome)
    {
        progress_.clear();
        const auto job = queue::require(call_.db(), added_.id);
        show(job, outcome);
        if (!outcome.error.empty() && !call_.terminal.json)
            report(Error(Code::internal, outcome.error, {.hint = outcome.hint}), nullptr,
                   call_.terminal.notes, false);
        return outcome.status;
    }

    void show(const Job& job, const Outcome& outcome)
    {
        auto& terminal = call_.terminal;
        const auto name = shown(job.state);
        if (terminal.json) { // behind lines of a log the last one says that it is none
            auto json = result_of(job, added_).set("outcome", outcome.name);
            if (options_.follow) json.set("type", "result").set("jobType", job.kind);
            terminal.print(json.dump(terminal.out.is_terminal() && !options_.follow));
        } else if (options_.follow) { // the output is the command's alone
            if (outcome.error.empty()) terminal.note(name_of_job(job) + " " + std::string(name));
        } else if (terminal.quiet) {
            terminal.print(std::to_string(job.id));
        } else if (terminal.out.is_terminal()) {
            terminal.print(name_of_job(job) + " " + terminal.out.paint(paint_of_state(name), name));
        } else {
            terminal.print(std::to_string(job.id) + "\t" + std::string(name));
        }
    }

    int interrupted()
    {
        constexpr milliseconds time_for_second{1000};
        progress_.clear();
        if (const int number = waiter_.signal(); number != SIGINT)
            return leave(Code::cancelled, "interrupted", status::signals + number);
        call_.terminal.note("interrupted; once more to cancel the job");
        if (waiter_.pressed_again(time_for_second)) return cancel();
        return leave(Code::cancelled, "detached", status::signals + SIGINT);
    }

    int cancel()
    {
        constexpr milliseconds patience{10'000};
        const auto& app = call_.app();
        queue::cancel(app.paths, call_.db(), *app.job_kinds, added_.id);
        const bool ended = waiter_.settle([this] { return look().has_value(); }, patience);
        progress_.clear();
        part(call_.terminal, Code::cancelled, ended ? "cancelled" : "the job is being cancelled", {});
        return status::signals + SIGINT;
    }

    int leave(Code code, const std::string& message, int exit)
    {
        progress_.clear();
        const auto id = std::to_string(added_.id);
        const std::string rest =
            waiter_.works_here() ? ": the job begins anew when a worker runs" : ": the job goes on";
        part(call_.terminal, code, message + rest,
             {{"skerry jobs wait " + id, "waits again"}, {"skerry jobs cancel " + id, "ends it"}});
        return exit;
    }

    Call& call_;
    Added added_;
    JobWork options_;
    Waiter& waiter_;
    Progress progress_;
    LogFollower follower_;
};

} // namespace

int add_job_and_stay(Call& call, const std::function<Added()>& add)
{
    const auto options = call.read<JobWork>();
    const bool stays = options.wait || options.follow || options.wait_timeout || options.local;
    auto plan = wait_plan(options.wait_timeout, options.local, options.no_local);
    if (!stays) {
        const auto added = add();
        Bell::ring(call.app().paths.running());
        show_added(call, added);
        hint_without_worker(call, added);
        return status::done;
    }
    if (options.follow) plan.beat = milliseconds(50); // a line in a log rings no bell
    Waiter waiter(call, plan);
    const auto added = add();
    Bell::ring(call.app().paths.running());
    if (!options.follow || added.deduplicated)
        call.terminal.note("job " + std::to_string(added.id) +
                           (added.deduplicated ? " is there already" : ""));
    return JobWatch(call, added, options, waiter).stay();
}

} // namespace skerry::cli
