#include "cli/job_names.hpp"

#include "queue/job_store.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <charconv>

namespace skerry::cli {

std::optional<queue::JobId> job_id_if_any(const std::string& text)
{
    queue::JobId id = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, id);
    return fault == std::errc{} && rest == end && id > 0 ? std::optional(id) : std::nullopt;
}

std::vector<queue::Job> require_all(db::Connection& db, const NamedJobs& named)
{
    std::vector<queue::Job> jobs;
    for (const auto& text : named.ids) {
        const auto id = job_id_if_any(text);
        if (!id)
            throw Error(Code::bad_request, "'" + one_line(text, 60) + "' is not the number of a job",
                        {.hint = "skerry jobs list"});
        jobs.push_back(queue::require(db, *id));
    }
    return jobs;
}

void Answers::add(queue::JobId id, std::string_view name, const std::string& words)
{
    if (terminal.json)
        json.push(api::Json::object({{"id", id}, {"outcome", name}}));
    else if (terminal.quiet)
        terminal.print(std::to_string(id));
    else
        terminal.print(terminal.out.is_terminal() ? "job " + std::to_string(id) + " " + words
                                                  : std::to_string(id) + "\t" + std::string(name));
}

void Answers::finish()
{
    if (terminal.json) terminal.print(json.dump(terminal.out.is_terminal()));
}

} // namespace skerry::cli
