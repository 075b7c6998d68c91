#pragma once

#include "api/field.hpp"
#include "cli/field_list.hpp"
#include "queue/job_store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The options with which people add jobs.
namespace skerry::cli {

/// When, where and how often.
struct JobOrder {
    std::optional<std::string> name;
    std::optional<std::string> queue;
    std::int64_t priority = 0;
    std::optional<std::int64_t> retries;
    std::optional<std::string> timeout;
    std::optional<std::string> delay;
    std::optional<std::string> at;
    std::optional<std::string> dedupe_key;
    std::optional<std::string> key;
};
constexpr auto fields(api::Tag<JobOrder>)
{
    return std::array{
        api::field<&JobOrder::name>("name", "What you call it, for lists",
                                    {.min = 1, .max = 200, .placeholder = "TEXT"}),
        api::field<&JobOrder::queue>("queue", "The queue it stands in; else 'default', or that of its type",
                                     {.min = 1, .max = 100, .placeholder = "QUEUE"}),
        api::field<&JobOrder::priority>("priority", "Smaller ones first; else 0",
                                        {.min = -1'000'000, .max = 1'000'000}),
        api::field<&JobOrder::retries>("retries",
                                       "How often it is tried again after a failure; else never, or as its "
                                       "type says",
                                       {.max = 1000}),
        api::field<&JobOrder::timeout>("timeout",
                                       "How long one attempt may take (90s, 5m, 2h); then it is ended and "
                                       "has failed",
                                       {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&JobOrder::delay>("delay", "Begin after that (90s, 5m, 2h)",
                                     {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&JobOrder::at>("at", "Begin then: 2026-11-23T03:00:00Z, 2026-11-23 03:00 or 03:00",
                                  {.min = 1, .max = 40, .placeholder = "TIME"}),
        api::field<&JobOrder::dedupe_key>("dedupeKey",
                                          "While a job of that key waits or runs, give that one instead of "
                                          "adding another",
                                          {.min = 1, .max = 500, .placeholder = "KEY"}),
        api::field<&JobOrder::key>("key", "At most one job of that key runs at a time",
                                   {.min = 1, .max = 500, .placeholder = "KEY"}),
    };
}

/// For a job of that kind. The queue is empty and attempts and time limit are absent where nothing was said.
/// Throws Error bad_request.
queue::Order order_of(const JobOrder& options, std::string_view kind);

/// The absolute path of --cwd, or the folder in which the command was typed. Throws Error bad_request when
/// there is no such folder.
std::string folder_of(const std::optional<std::string>& cwd);

/// Words that cannot be kept as they are: refused rather than changed. Throws Error bad_request.
void require_text(const std::vector<std::string>& words);

} // namespace skerry::cli
