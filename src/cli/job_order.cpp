#include "cli/job_order.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <filesystem>
#include <system_error>

namespace skerry::cli {
namespace {

std::int64_t duration_of(const std::string& text, std::string_view option)
{
    const auto duration = parse_duration(text);
    if (duration > 0) return duration;
    throw Error(Code::bad_request, std::string(option) + " must be longer than nothing");
}

Time begin_of(const JobOrder& options)
{
    if (options.delay && options.at) throw Error(Code::bad_request, "--delay and --at contradict each other");
    if (options.delay) return now() + parse_duration(*options.delay);
    return options.at ? parse_time(*options.at) : 0;
}

} // namespace

queue::Order order_of(const JobOrder& options, std::string_view kind)
{
    queue::Order order{.key = options.key.value_or(""),
                       .priority = options.priority,
                       .run_at = begin_of(options),
                       .queue = options.queue.value_or(""),
                       .name = options.name.value_or("")};
    if (options.retries) order.max_attempts = *options.retries + 1;
    if (options.timeout) order.timeout = duration_of(*options.timeout, "--timeout");
    // A key of one kind is none of another, and none of those that skerry makes itself.
    if (options.dedupe_key) order.dedupe_key = std::string(kind) + " " + *options.dedupe_key;
    return order;
}

std::string folder_of(const std::optional<std::string>& cwd)
{
    std::error_code fault;
    const auto folder = std::filesystem::absolute(cwd.value_or("."), fault).lexically_normal();
    if (fault || !std::filesystem::is_directory(folder, fault))
        throw Error(Code::bad_request, "there is no folder " + one_line(cwd.value_or("."), 200));
    auto text = folder.string();
    if (text.size() > 1 && text.back() == '/') text.pop_back();
    return text;
}

void require_text(const std::vector<std::string>& words)
{
    for (const auto& word : words)
        if (!is_utf8(word))
            throw Error(Code::bad_request, "'" + one_line(well_formed(word), 60) + "' is not valid UTF-8",
                        {.hint = "write such bytes in a file or a script, and name that"});
}

} // namespace skerry::cli
