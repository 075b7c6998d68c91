#include "queue/transfer_line.hpp"

#include "queue/job_store.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace skerry::queue {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();
constexpr std::array masks{0, 27, 31, 63};

[[noreturn]] void refuse(std::string_view name, const std::string& why)
{
    throw Error(Code::bad_request, std::string(name) + " " + why);
}

std::optional<std::string> text_if_any(const api::Json& line, std::string_view name, std::size_t most)
{
    const auto& value = line[name];
    if (value.is_null()) return std::nullopt;
    if (!value.is_text()) refuse(name, "must be a text");
    if (value.view().size() > most) refuse(name, "is longer than " + std::to_string(most) + " bytes");
    return value.text();
}

std::string text_in(const api::Json& line, std::string_view name, std::size_t most)
{
    auto text = text_if_any(line, name, most);
    if (!text || text->empty()) refuse(name, "is missing");
    return *std::move(text);
}

std::optional<std::int64_t> number_if_any(const api::Json& line, std::string_view name, std::int64_t low = 0)
{
    const auto& value = line[name];
    if (value.is_null()) return std::nullopt;
    if (!value.is_integer() || value.number() < low)
        refuse(name, "must be a whole number, " + std::to_string(low) + " or more");
    return value.number();
}

std::int64_t number_in(const api::Json& line, std::string_view name, std::int64_t low = 0)
{
    const auto number = number_if_any(line, name, low);
    if (!number) refuse(name, "is missing");
    return *number;
}

State state_in(const api::Json& line)
{
    const auto name = text_in(line, "detailedState", 20);
    for (int number = 0; number <= static_cast<int>(State::superseded); ++number)
        if (name == name_of(static_cast<State>(number))) return static_cast<State>(number);
    refuse("detailedState", "is not a state: '" + one_line(name, 20) + "'");
}

std::optional<api::Json> json_if_any(const api::Json& line, std::string_view name)
{
    return line[name].is_null() ? std::nullopt : std::optional(line[name]);
}

std::vector<FollowUp> follow_ups_in(const api::Json& line)
{
    const auto& list = line["followUps"];
    if (!list.is_null() && !list.is_array()) refuse("followUps", "must be a list");
    std::vector<FollowUp> found;
    for (const auto& item : list.items()) found.push_back({text_in(item, "kind", 100), item["args"]});
    return found;
}

std::vector<Attempt> attempts_in(const api::Json& line)
{
    const auto& list = line["attempts"];
    if (!list.is_null() && !list.is_array()) refuse("attempts", "must be a list");
    std::vector<Attempt> found;
    for (const auto& item : list.items())
        found.push_back({.lease = number_in(item, "lease"),
                         .worker = text_in(item, "worker", 200),
                         .started_at = number_in(item, "startedAt"),
                         .ended_at = number_in(item, "endedAt"),
                         .outcome = text_in(item, "outcome", 40),
                         .error = text_if_any(item, "error", 1U << 20U)});
    return found;
}

Job job_in(const api::Json& line)
{
    constexpr std::size_t name_length = 1000, text_length = 1U << 20U;
    Job job;
    job.id = number_in(line, "id", 1);
    job.kind = text_in(line, "type", 100);
    job.queue = text_in(line, "queue", 100);
    job.priority = number_in(line, "priority", -any);
    job.state = state_in(line);
    job.args = line["args"];
    job.run_at = number_in(line, "runAt");
    job.attempt = number_in(line, "attempt");
    job.max_attempts = number_in(line, "maxAttempts");
    job.crashes = number_in(line, "crashes");
    job.max_crashes = number_in(line, "maxCrashes");
    job.lease = number_in(line, "lease");
    job.started_at = number_if_any(line, "startedAt");
    job.key = text_if_any(line, "key", name_length);
    job.cancel_at = number_if_any(line, "cancelRequestedAt");
    job.progress = json_if_any(line, "progress");
    job.result = json_if_any(line, "result");
    job.error = text_if_any(line, "error", text_length);
    job.name = text_if_any(line, "name", name_length);
    job.timeout = number_if_any(line, "timeout", 1);
    job.parent = number_if_any(line, "parentId", 1);
    job.follow_ups = follow_ups_in(line);
    job.created_at = number_in(line, "createdAt");
    job.finished_at = number_if_any(line, "finishedAt");
    if (is_finished(job.state) && !job.finished_at) refuse("finishedAt", "is missing");
    return job;
}

} // namespace

std::string line_of(const Carried& carried)
{
    const auto& job = carried.job;
    auto attempts = api::Json::array();
    for (const auto& attempt : carried.attempts) attempts.push(to_json(attempt));
    return api::Json::object({{"id", job.id},
                              {"type", job.kind},
                              {"queue", job.queue},
                              {"priority", job.priority},
                              {"detailedState", name_of(job.state)},
                              {"args", job.args},
                              {"runAt", job.run_at},
                              {"attempt", job.attempt},
                              {"maxAttempts", job.max_attempts},
                              {"crashes", job.crashes},
                              {"maxCrashes", job.max_crashes},
                              {"lease", job.lease},
                              {"key", job.key},
                              {"dedupeKey", carried.dedupe_key},
                              {"dedupe", carried.dedupe_mask},
                              {"cancelRequestedAt", job.cancel_at},
                              {"progress", job.progress},
                              {"result", job.result},
                              {"error", job.error},
                              {"name", job.name},
                              {"timeout", job.timeout},
                              {"parentId", job.parent},
                              {"followUps", api::Json::parse(text_of(job.follow_ups))},
                              {"createdAt", job.created_at},
                              {"startedAt", job.started_at},
                              {"finishedAt", job.finished_at},
                              {"attempts", attempts}})
        .dump();
}

Carried read_line(std::string_view line)
{
    const auto json = api::Json::parse(line);
    if (!json.is_object()) throw Error(Code::bad_request, "it is not a JSON object");
    Carried carried{.job = job_in(json), .dedupe_key = text_if_any(json, "dedupeKey", 1U << 20U)};
    carried.dedupe_mask = number_if_any(json, "dedupe").value_or(0);
    const bool known = std::find(masks.begin(), masks.end(), carried.dedupe_mask) != masks.end();
    if (!known || carried.dedupe_key.has_value() != (carried.dedupe_mask != 0))
        refuse("dedupe", "must be 27, 31 or 63 with a dedupeKey, and 0 without");
    carried.attempts = attempts_in(json);
    return carried;
}

void make_waiting(Job& job, Time now)
{
    if (is_finished(job.state)) return;
    job.finished_at.reset();
    if (job.cancel_at) {
        job.state = State::cancelled;
        job.finished_at = now;
        return;
    }
    // As if its worker had given it back.
    if (job.state == State::running && job.attempt > 0) --job.attempt;
    if (job.state != State::suspended) job.state = job.run_at > now ? State::scheduled : State::ready;
}

} // namespace skerry::queue
