#pragma once

#include "queue/explain.hpp"

#include <string>
#include <string_view>

/// What the sentences about a job are made of; for explain.cpp and its neighbours only.
namespace skerry::queue {

/// "job 7"
std::string named(const Job& job);
/// "3 min ago"
std::string ago(Time time, Time now);
/// "3 min"
std::string lasting(Time since, Time now);
/// A text from outside, in one line of bounded length.
std::string in_quotes(std::string_view text);
/// As a person would type it.
std::string shell_word(const std::string& text);
/// "1 job", "2 jobs"
std::string count_of(std::int64_t count, std::string_view thing);
/// "try 2 of 3"
std::string try_of(const Job& job, std::int64_t number);
/// "skerry jobs logs 7"
std::string command(std::string_view verb, JobId job);
/// How the last attempt that ended did so; empty when there is none.
std::string_view last_outcome(const Facts& facts);

/// Why a job that is due or will be is not running.
Explanation explain_waiting(const Facts& facts);
/// What became of a job.
Explanation explain_end(const Facts& facts);

} // namespace skerry::queue
