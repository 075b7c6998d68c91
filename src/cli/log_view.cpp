#include "cli/log_view.hpp"

#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "projects/project_store.hpp"
#include "runtime/project_log.hpp"
#include "runtime/runtime.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <semaphore>

namespace skerry::cli {
namespace {

struct LogLine {
    std::string_view source;
    std::string_view text;
};

/// "[app] listening" -> app, listening
LogLine parts_of(std::string_view line)
{
    const auto end = line.find("] ");
    if (line.empty() || line.front() != '[' || end == std::string_view::npos) return {"", line};
    return {line.substr(1, end - 1), line.substr(end + 2)};
}

bool is_wanted(const std::vector<std::string>& sources, std::string_view line)
{
    return sources.empty() ||
           std::find(sources.begin(), sources.end(), parts_of(line).source) != sources.end();
}

Paint paint_of_source(std::string_view source) noexcept
{
    if (source == "app") return Paint::good;
    if (source == "agent") return Paint::accent;
    return source == "model" ? Paint::warning : Paint::faint;
}

std::string shown_line(const Terminal& terminal, const std::string& line)
{
    const auto [source, text] = parts_of(line);
    if (terminal.json) return api::Json::object({{"source", source}, {"text", text}}).dump() + "\n";
    if (source.empty()) return harmless(line) + "\n";
    return terminal.out.paint(paint_of_source(source), "[" + std::string(source) + "]") + " " +
           harmless(text) + "\n";
}

/// One place in the log of one project.
class LogReader {
public:
    LogReader(Terminal& terminal, std::filesystem::path file, std::vector<std::string> sources)
        : terminal_(terminal), file_(std::move(file)), sources_(std::move(sources))
    {
    }

    /// The last lines of all that is there.
    void show_last(std::size_t count)
    {
        std::vector<std::string> lines;
        if (sources_.empty()) {
            auto part = runtime::read_tail(file_, count);
            next_ = part.next;
            lines = std::move(part.lines);
        } else {
            lines = all_new();
        }
        if (lines.size() > count)
            lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
        write(lines);
    }

    void show_new() { write(all_new()); }

private:
    std::vector<std::string> all_new()
    {
        std::vector<std::string> lines;
        while (true) {
            auto part = runtime::read(file_, next_);
            if (part.next == next_) return lines;
            next_ = part.next;
            for (auto& line : part.lines)
                if (is_wanted(sources_, line)) lines.push_back(std::move(line));
        }
    }

    void write(const std::vector<std::string>& lines)
    {
        std::string text;
        for (const auto& line : lines) text += shown_line(terminal_, line);
        terminal_.out.write(text);
    }

    Terminal& terminal_;
    std::filesystem::path file_;
    std::vector<std::string> sources_;
    std::uint64_t next_ = 0;
};

} // namespace

int show_log(Call& call, const LogOptions& options)
{
    const auto project = projects::require(call.db(), options.project);
    const auto state = call.app().paths.state(project.id.value);
    LogReader reader(call.terminal, runtime::log_file(state), options.source);
    reader.show_last(static_cast<std::size_t>(options.lines));
    if (!options.follow) return status::done;

    std::counting_semaphore<> woken{0};
    const Interruption interruption([&] { woken.release(); });
    constexpr std::chrono::milliseconds beat{200};
    while (interruption.signal() == 0 && std::filesystem::exists(state)) {
        reader.show_new();
        woken.try_acquire_for(beat);
    }
    return interruption.signal() == 0 ? status::done : status::signals + interruption.signal();
}

} // namespace skerry::cli
