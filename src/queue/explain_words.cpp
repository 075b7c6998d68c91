#include "queue/explain_words.hpp"

#include "util/text.hpp"

#include <algorithm>

namespace skerry::queue {

std::string named(const Job& job)
{
    return "job " + std::to_string(job.id);
}

std::string ago(Time time, Time now)
{
    return for_people(std::max<Time>(0, now - time)) + " ago";
}

std::string lasting(Time since, Time now)
{
    return for_people(std::max<Time>(0, now - since));
}

std::string in_quotes(std::string_view text)
{
    constexpr std::size_t enough = 200;
    return "\"" + one_line(text, enough) + "\"";
}

std::string shell_word(const std::string& text)
{
    return skerry::shown(std::vector{text});
}

std::string count_of(std::int64_t count, std::string_view thing)
{
    return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

std::string try_of(const Job& job, std::int64_t number)
{
    return "try " + std::to_string(number) + " of " + std::to_string(std::max(number, job.max_attempts));
}

std::string command(std::string_view verb, JobId job)
{
    return "skerry jobs " + std::string(verb) + " " + std::to_string(job);
}

std::string_view last_outcome(const Facts& facts)
{
    if (facts.attempts.empty()) return "";
    const auto& outcome = facts.attempts.back().outcome;
    return outcome ? std::string_view(*outcome) : "";
}

} // namespace skerry::queue
