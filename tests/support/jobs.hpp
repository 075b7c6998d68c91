#pragma once

#include "events/event_log.hpp"
#include "queue/claim.hpp"
#include "queue/job_store.hpp"
#include "queue/kind.hpp"
#include "queue/run.hpp"
#include "queue/settle.hpp"
#include "support/database.hpp"

#include <array>
#include <string>
#include <vector>

/// Kinds of jobs for the tests of the queue.
namespace skerry::test {

struct Note {
    static constexpr queue::Policy policy{.kind = "test.note"};
    std::string text;
};
constexpr auto fields(api::Tag<Note>)
{
    return std::array{api::field<&Note::text>("text", "What to note", {.min = 1, .max = 100})};
}

/// The second one gets the id of the first as long as that waits or runs.
struct Once : Note {
    static constexpr queue::Policy policy{.kind = "test.once", .dedupe = queue::Dedupe::active};
    explicit Once(std::string words = "same") : Note{std::move(words)} {}
};
constexpr auto fields(api::Tag<Once>)
{
    return fields(api::Tag<Note>{});
}

/// One may wait while one runs.
struct Again : Note {
    static constexpr queue::Policy policy{.kind = "test.again", .dedupe = queue::Dedupe::waiting};
    explicit Again(std::string words = "same") : Note{std::move(words)} {}
};
constexpr auto fields(api::Tag<Again>)
{
    return fields(api::Tag<Note>{});
}

inline void write_event(db::Connection& db, const std::string& type, const std::string& text,
                        const std::string& reason = {})
{
    events::append(db, {.type = type, .payload = api::Json::object({{"text", text}, {"reason", reason}})});
}

template <class Args> void note(queue::Run& run, const Args& args)
{
    write_event(run.db, "noted", args.text);
}

template <class Args> void give_up(db::Connection& db, const Args& args, const Error& reason)
{
    write_event(db, "abandoned", args.text, reason.what());
}

inline const std::array note_rows{queue::handler<Note, note<Note>, give_up<Note>>(),
                                  queue::handler<Once, note<Once>, give_up<Once>>(),
                                  queue::handler<Again, note<Again>, give_up<Again>>()};
inline const queue::Kinds note_kinds{note_rows};

/// The texts of the events of that type, oldest first.
inline std::vector<std::string> told(db::Connection& db, const std::string& type)
{
    std::vector<std::string> texts;
    for (const auto& event : events::read(db, {.types = {type}}, 0))
        texts.push_back(event.fact.payload["text"].text());
    return texts;
}

/// Claims the next job.
inline std::optional<queue::Job> claim_next(db::Connection& db, const std::string& worker = "worker")
{
    queue::promote(db);
    auto jobs = queue::claim(db, {.worker = worker}).jobs;
    return jobs.empty() ? std::nullopt : std::optional(jobs.front());
}

inline std::optional<queue::State> end(db::Connection& db, const queue::Job& job,
                                       const queue::Outcome& outcome, const queue::Success& success = {})
{
    return queue::settle(db, note_kinds, job, outcome, success);
}

/// What another attempt may not meet.
inline queue::Outcome failure()
{
    return {queue::Way::failed, Error(Code::unavailable, "the world was not ready"), now()};
}

} // namespace skerry::test
