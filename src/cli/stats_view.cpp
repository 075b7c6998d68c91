#include "cli/stats_view.hpp"

#include "cli/bytes.hpp"
#include "cli/view.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

using queue::State;
using queue::StateCounts;

std::int64_t count_of(const StateCounts& counts, State state)
{
    const auto found = counts.find(state);
    return found == counts.end() ? 0 : found->second;
}

std::int64_t waiting(const StateCounts& counts)
{
    return count_of(counts, State::ready) + count_of(counts, State::scheduled) +
           count_of(counts, State::retry);
}

/// "12 (3 for their time, 1 to try again)"
std::string queued_words(const Stream& stream, const queue::Stats& stats)
{
    const auto scheduled = count_of(stats.states, State::scheduled),
               again = count_of(stats.states, State::retry);
    auto words = std::to_string(waiting(stats.states));
    std::vector<std::string> parts;
    if (scheduled > 0) parts.push_back(std::to_string(scheduled) + " for later");
    if (again > 0) parts.push_back(std::to_string(again) + " to try again");
    return parts.empty() || !stream.is_terminal() ? words : words + " (" + join(parts, ", ") + ")";
}

std::string ended_words(const Stream& stream, const queue::Ended& ended)
{
    const auto succeeded = std::to_string(ended.succeeded), failed = std::to_string(ended.failed);
    return stream.is_terminal() ? succeeded + " succeeded, " + failed + " failed" : succeeded + "\t" + failed;
}

std::string worker_words(const queue::WorkerAtWork& worker)
{
    return "pid " + std::to_string(worker.pid) + ": " + std::to_string(worker.running) + " of " +
           std::to_string(worker.concurrency) + (worker.queues.empty() ? "" : ", queues " + worker.queues);
}

std::string workers_words(const queue::Stats& stats)
{
    std::vector<std::string> words;
    for (const auto& worker : stats.workers) words.push_back(worker_words(worker));
    return words.empty() ? "none" : join(words, "; ");
}

std::string pauses_words(const queue::Stats& stats)
{
    std::vector<std::string> words;
    for (const auto& pause : stats.pauses.items()) {
        const auto what = pause["name"].is_null() ? std::string("everything")
                                                  : pause["scope"].text() + " " + pause["name"].text();
        const auto by = pause["pausedBy"].text();
        words.push_back(by.empty() ? what : what + " by " + by);
    }
    return join(words, "; ");
}

std::string groups(const Stream& stream, std::string_view title,
                   const std::map<std::string, StateCounts>& all)
{
    Table table({{title, false, true},
                 {"queued", true},
                 {"running", true},
                 {"succeeded", true},
                 {"failed", true},
                 {"cancelled", true}});
    for (const auto& [name, counts] : all)
        table.add({{name, Paint::strong},
                   std::to_string(waiting(counts)),
                   std::to_string(count_of(counts, State::running)),
                   std::to_string(count_of(counts, State::succeeded)),
                   std::to_string(count_of(counts, State::dead)),
                   std::to_string(count_of(counts, State::cancelled) + count_of(counts, State::superseded))});
    return all.empty() ? "" : "\n" + table.shown_on(stream);
}

} // namespace

std::string stats_view(const Stream& stream, const queue::Stats& stats)
{
    const auto count = [&](State state) { return std::to_string(count_of(stats.states, state)); };
    const auto text = shown(
        stream, {{"queued", queued_words(stream, stats)},
                 {"running", count(State::running)},
                 {"succeeded", count(State::succeeded)},
                 {"failed",
                  {count(State::dead), count_of(stats.states, State::dead) > 0 ? Paint::bad : Paint::plain}},
                 {"cancelled", count(State::cancelled)},
                 {"superseded", count(State::superseded)},
                 {"oldest waits", stats.oldest_waiting ? for_people(*stats.oldest_waiting) : ""},
                 {"last minute", ended_words(stream, stats.last_minute)},
                 {"last hour", ended_words(stream, stats.last_hour)},
                 {"average run", stats.average_run_time ? for_people(*stats.average_run_time) : ""},
                 {"workers", {workers_words(stats), stats.workers.empty() ? Paint::warning : Paint::plain}},
                 {"paused", {pauses_words(stats), Paint::warning}},
                 {"database",
                  bytes_for_people(stats.database_bytes) + ", log " + bytes_for_people(stats.log_bytes)}});
    if (!stream.is_terminal()) return text;
    return text + groups(stream, "type", stats.types) + groups(stream, "queue", stats.queues) +
           (stats.approximate ? "\n" +
                                    stream.paint(Paint::faint, "The figures of types and queues are "
                                                               "estimates: there are very many jobs.") +
                                    "\n"
                              : "");
}

} // namespace skerry::cli
