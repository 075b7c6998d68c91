#include "runtime/project_log.hpp"

#include "util/clock.hpp"
#include "util/log_text.hpp"

namespace skerry::runtime {

std::string as_logged(std::string_view source, const std::vector<std::string>& lines)
{
    std::string text;
    for (const auto& line : lines)
        text.append("[").append(source).append("] ").append(log_text(line)).append("\n");
    return text;
}

bool ProjectLog::append(std::string_view source, const std::vector<std::string>& lines) const
{
    return LogWriter(file_, largest_).append(as_logged(source, lines)).has_value();
}

bool ProjectLog::host(std::string_view text) const
{
    return append("host", {std::string(text) + " (" + rfc3339(now()) + ")"});
}

Wanted from_source(std::string_view source)
{
    return
        [begin = "[" + std::string(source) + "]"](std::string_view line) { return line.starts_with(begin); };
}

std::vector<std::string> tail(const std::filesystem::path& file, std::size_t count, std::string_view source)
{
    std::vector<std::string> lines;
    for (auto& line : read_log_tail(file, count, from_source(source)).lines)
        lines.push_back(std::move(line.text));
    return lines;
}

} // namespace skerry::runtime
