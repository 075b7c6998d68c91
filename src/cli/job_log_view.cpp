#include "cli/job_log_view.hpp"

#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "queue/explain.hpp"
#include "queue/job_log.hpp"
#include "queue/job_store.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <limits>

namespace skerry::cli {
namespace {

constexpr auto no_end = std::numeric_limits<std::uint64_t>::max();

/// Where in the log the attempt of that number stands, with what the worker wrote about its end: up to where
/// the next one begins.
LogRange range_of_attempt(const std::vector<queue::Attempt>& attempts, queue::JobId id, std::int64_t number)
{
    const auto index = static_cast<std::size_t>(number - 1);
    if (index >= attempts.size())
        throw Error(Code::not_found,
                    "job " + std::to_string(id) + " has had " + std::to_string(attempts.size()) +
                        " tries so far",
                    {.hint = "skerry jobs show " + std::to_string(id)});
    std::int64_t from = 0; // of one that has not ended: behind what those before it wrote
    for (std::size_t i = 0; i < index; ++i) from = std::max(from, attempts[i].log_to.value_or(0));
    LogRange range{static_cast<std::uint64_t>(attempts[index].log_from.value_or(from)), no_end};
    for (auto i = index + 1; i < attempts.size() && range.to == no_end; ++i)
        if (attempts[i].log_from) range.to = static_cast<std::uint64_t>(*attempts[i].log_from);
    return range;
}

LogRange wanted_range(Call& call, const JobLogOptions& options)
{
    LogRange range{0, no_end};
    if (options.attempt)
        range = range_of_attempt(queue::attempts_of(call.db(), options.id), options.id, *options.attempt);
    range.from = std::max(range.from, static_cast<std::uint64_t>(options.after.value_or(0)));
    return range;
}

/// One place in the log of one job.
class JobLogReader {
public:
    JobLogReader(Terminal& terminal, std::filesystem::path file, LogRange range)
        : terminal_(terminal), file_(std::move(file)), next_(range.from), end_(range.to)
    {
    }

    /// The last `count` lines of all that is there.
    void show_last(std::size_t count)
    {
        std::vector<LogLine> lines;
        while (read([&](const LogLine& line) { lines.push_back(line); }))
            if (lines.size() > count)
                lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
        std::string text;
        for (const auto& line : lines) text += shown(line);
        terminal_.out.write(text);
    }

    void show_new()
    {
        std::string text;
        while (read([&](const LogLine& line) { text += shown(line); })) {
            terminal_.out.write(text);
            text.clear();
        }
    }

private:
    /// Hands on some of what is new; false when nothing is.
    template <class Take> bool read(const Take& take)
    {
        const auto part = read_log(file_, next_);
        if (part.next == next_ || next_ >= end_) return false;
        if (part.truncated) tell_truncated(part.lines.empty() ? part.next : part.lines.front().offset);
        for (const auto& line : part.lines)
            if (line.offset >= next_ && line.offset < end_ && !is_rotation(line.text)) take(line);
        next_ = part.next;
        return true;
    }

    void tell_truncated(std::uint64_t offset)
    {
        if (terminal_.json)
            terminal_.print(api::Json::object({{"truncated", true}, {"offset", offset}}).dump());
        else
            terminal_.note("the log before byte " + std::to_string(offset) +
                           " is gone: it is kept up to a limit");
    }

    [[nodiscard]] std::string shown(const LogLine& line) const
    {
        const auto [time, source, text] = queue::parts_of_job_line(line.text);
        if (terminal_.json)
            return api::Json::object({{"offset", line.offset},
                                      {"time", time},
                                      {"source", source.empty() ? api::Json() : api::Json(source)},
                                      {"text", text}})
                       .dump() +
                   "\n";
        if (time.empty()) return harmless(text) + "\n";
        const auto begin = source.empty() ? "" : "[" + std::string(source) + "] ";
        return terminal_.out.paint(Paint::faint, time) + " " +
               terminal_.out.paint(source == "err" ? Paint::bad : Paint::accent, begin) + harmless(text) +
               "\n";
    }

    Terminal& terminal_;
    std::filesystem::path file_;
    std::uint64_t next_;
    std::uint64_t end_;
};

bool is_over(db::Connection& db, queue::JobId id)
{
    const auto job = queue::find(db, id);
    return !job || queue::is_finished(job->state);
}

/// Who follows a job that does not run wants to know why nothing comes.
void tell_why_nothing_comes(Call& call, queue::JobId id)
{
    const auto facts = queue::facts_about(call.app().paths, call.db(), id);
    if (facts.job.state == queue::State::running || queue::is_finished(facts.job.state)) return;
    const auto explanation = queue::explain(facts);
    call.terminal.note(explanation.sentence);
    call.terminal.hint(explanation.hint);
}

int follow(Call& call, queue::JobId id, JobLogReader& reader)
{
    constexpr std::chrono::milliseconds net{250}; // lines ring no bell
    Bell bell(call.app().paths.running());
    const Interruption interruption([&] { bell.ring_here(); });
    tell_why_nothing_comes(call, id);
    while (interruption.signal() == 0) {
        const bool over = is_over(call.db(), id); // asked first: what it wrote last is there then
        reader.show_new();
        if (over) return status::done;
        if (!call.terminal.out.has_reader()) throw BrokenPipe{};
        bell.wait(net);
    }
    return status::signals + interruption.signal();
}

} // namespace

int show_job_log(Call& call, const JobLogOptions& options)
{
    const auto job = queue::require(call.db(), options.id);
    JobLogReader reader(call.terminal, call.app().paths.job_log(job.id), wanted_range(call, options));
    if (options.lines)
        reader.show_last(static_cast<std::size_t>(*options.lines));
    else
        reader.show_new();
    return options.follow ? follow(call, job.id, reader) : status::done;
}

} // namespace skerry::cli
