#include "cli/log_view.hpp"

#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "projects/container_watch.hpp"
#include "projects/project_store.hpp"
#include "runtime/runtime.hpp"
#include "util/line_log.hpp"
#include "util/presence.hpp"

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

Wanted from_any(std::vector<std::string> sources)
{
    if (sources.empty()) return {};
    return [sources = std::move(sources)](std::string_view line) {
        return std::find(sources.begin(), sources.end(), parts_of(line).source) != sources.end();
    };
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
    LogReader(Terminal& terminal, std::filesystem::path file, Wanted wanted)
        : terminal_(terminal), file_(std::move(file)), wanted_(std::move(wanted))
    {
    }

    void show_last(std::size_t count) { show(read_log_tail(file_, count, wanted_)); }

    void show_new()
    {
        while (true) {
            auto part = read_log(file_, next_, wanted_);
            if (part.next == next_) return;
            show(part);
        }
    }

private:
    void show(const LogPart& part)
    {
        std::string text;
        for (const auto& line : part.lines) text += shown_line(terminal_, line.text);
        terminal_.out.write(text);
        next_ = part.next;
    }

    Terminal& terminal_;
    std::filesystem::path file_;
    Wanted wanted_;
    std::uint64_t next_ = 0;
};

} // namespace

int show_log(Call& call, const LogOptions& options)
{
    const auto project = projects::require(call.db(), options.project);
    const auto state = call.app().paths.state(project.id.value);
    projects::copy_output(call.app(), project);
    LogReader reader(call.terminal, runtime::log_file(state), from_any(options.source));
    reader.show_last(static_cast<std::size_t>(options.lines));
    if (!options.follow) return status::done;

    const Presence presence(call.app().paths.followers(project.id.value));
    std::counting_semaphore<> woken{0};
    const Interruption interruption([&] { woken.release(); });
    const projects::ContainerWatch containers(call.app());
    constexpr std::chrono::milliseconds beat{200};
    while (interruption.signal() == 0 && std::filesystem::exists(state)) {
        reader.show_new();
        woken.try_acquire_for(beat);
    }
    return interruption.signal() == 0 ? status::done : status::signals + interruption.signal();
}

} // namespace skerry::cli
