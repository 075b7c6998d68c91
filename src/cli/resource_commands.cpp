#include "cli/bytes.hpp"
#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "projects/project_store.hpp"
#include "runtime/pause.hpp"
#include "runtime/usage_meter.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <stop_token>

namespace skerry::cli {
namespace {

using namespace std::chrono_literals;
using projects::Project;
using runtime::ServiceUsage;
using runtime::UsageMeter;

struct ShowStats {
    std::optional<std::string> project;
    bool follow = false;
};
constexpr auto fields(api::Tag<ShowStats>)
{
    return std::array{
        api::field<&ShowStats::project>("project", "Id, slug, or unique beginning of an id; else all",
                                        {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT"}),
        api::field<&ShowStats::follow>("follow", "Measure again every second", {.letter = 'f'}),
    };
}

struct Measured {
    Project project;
    std::unique_ptr<UsageMeter> meter;
};

/// What one service of one project uses.
struct Reading {
    const Project* project;
    ServiceUsage usage;
};

api::Json to_json(const Reading& reading, Time time)
{
    const auto& usage = reading.usage;
    auto json = api::Json::object({{"time", time},
                                   {"projectId", reading.project->id.value},
                                   {"slug", reading.project->slug},
                                   {"service", usage.service},
                                   {"cpu", usage.cpu},
                                   {"memoryBytes", usage.memory},
                                   {"memoryLimitBytes", nullptr},
                                   {"processes", usage.processes},
                                   {"receivedBytes", usage.received},
                                   {"sentBytes", usage.sent},
                                   {"readBytes", usage.read},
                                   {"writtenBytes", usage.written}});
    if (usage.memory_limit != 0) json.set("memoryLimitBytes", usage.memory_limit);
    return json;
}

/// Of one project what was asked for; of all, those that run.
std::vector<Measured> measured_projects(Call& call, const ShowStats& options)
{
    std::vector<Project> wanted;
    if (options.project)
        wanted.push_back(projects::require(call.db(), *options.project));
    else
        for (auto& project : projects::list(call.db()))
            if (project.status == projects::Status::running) wanted.push_back(std::move(project));
    std::vector<Measured> measured;
    // All at once, so that they are measured during the same second.
    for (auto& project : wanted) {
        auto meter =
            runtime::make_meter(project.runtime, project.id.value, call.app().paths.state(project.id.value));
        measured.push_back({std::move(project), std::move(meter)});
    }
    return measured;
}

std::vector<Reading> read_all(std::vector<Measured>& measured, const std::stop_token& stop)
{
    std::vector<Reading> readings;
    for (auto& [project, meter] : measured)
        for (auto& usage : meter->next(stop)) readings.push_back({&project, std::move(usage)});
    return readings;
}

std::string percent(double cores)
{
    constexpr double hundred = 100;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %%", cores * hundred);
    return text.data();
}

std::string both(const std::optional<std::uint64_t>& one, const std::optional<std::uint64_t>& other)
{
    return one && other ? bytes_for_people(*one) + " / " + bytes_for_people(*other) : "";
}

std::string table_of(const Stream& stream, const std::vector<Reading>& readings)
{
    const auto number = [](const std::optional<std::uint64_t>& value) {
        return value ? std::to_string(*value) : std::string();
    };
    if (!stream.is_terminal()) {
        std::string text;
        for (const auto& [project, usage] : readings) {
            std::array<char, 32> cpu{};
            std::snprintf(cpu.data(), cpu.size(), "%.4f", usage.cpu);
            text += project->slug + "\t" + usage.service + "\t" + cpu.data() + "\t" +
                    std::to_string(usage.memory) + "\t" + std::to_string(usage.memory_limit) + "\t" +
                    std::to_string(usage.processes) + "\t" + number(usage.received) + "\t" +
                    number(usage.sent) + "\t" + number(usage.read) + "\t" + number(usage.written) + "\n";
        }
        return text;
    }
    Table table({{"project", false, true},
                 {"service"},
                 {"cpu", true},
                 {"memory", true},
                 {"limit", true},
                 {"processes", true},
                 {"network in / out", true, false, true},
                 {"disk read / written", true, false, true}});
    for (const auto& [project, usage] : readings)
        table.add({{project->slug, Paint::strong},
                   usage.service,
                   percent(usage.cpu),
                   bytes_for_people(usage.memory),
                   usage.memory_limit != 0 ? bytes_for_people(usage.memory_limit) : "",
                   std::to_string(usage.processes),
                   both(usage.received, usage.sent),
                   both(usage.read, usage.written)});
    return table.shown_on(stream);
}

/// As much of a table as can be taken back: what has left the terminal at its top stays as it is.
std::string top_of(const std::string& text, std::size_t height)
{
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (lines < height || height < 3) return text;
    std::size_t end = 0;
    const auto kept = height - 2; // one for the rest, one for the cursor
    for (std::size_t line = 0; line < kept; ++line) end = text.find('\n', end) + 1;
    return text.substr(0, end) + "and " + std::to_string(lines - kept) + " more\n";
}

/// Shows one reading after the other: on a terminal in the place of the one before.
class StatsView {
public:
    StatsView(Terminal& terminal, bool follow) : terminal_(terminal), follow_(follow) {}

    void show(const std::vector<Reading>& readings)
    {
        if (terminal_.json)
            show_json(readings);
        else if (terminal_.quiet)
            for (const auto& [project, usage] : readings)
                terminal_.print(project->id.value + "\t" + usage.service);
        else
            show_table(readings);
    }

private:
    void show_json(const std::vector<Reading>& readings)
    {
        auto all = api::Json::array();
        for (const auto& reading : readings) {
            auto json = to_json(reading, now());
            if (follow_)
                terminal_.print(json.dump());
            else
                all.push(std::move(json));
        }
        if (!follow_) terminal_.print(all.dump(terminal_.out.is_terminal()));
    }
    void show_table(const std::vector<Reading>& readings)
    {
        const bool in_place = follow_ && terminal_.out.is_terminal();
        auto text = readings.empty() ? std::string() : table_of(terminal_.out, readings);
        if (in_place) text = top_of(text, terminal_.out.height());
        if (in_place && lines_ > 0) terminal_.out.write("\x1b[" + std::to_string(lines_) + "A\x1b[J");
        // A line that went on below would be one more than are taken back.
        terminal_.out.write(in_place ? "\x1b[?7l" + text + "\x1b[?7h" : text);
        lines_ = std::count(text.begin(), text.end(), '\n');
    }

    Terminal& terminal_;
    bool follow_;
    std::ptrdiff_t lines_ = 0; ///< of the reading that is shown
};

int show_stats(Call& call, const ShowStats& options)
{
    auto measured = measured_projects(call, options);
    if (measured.empty() && !call.terminal.json) call.terminal.note("no project runs");
    std::stop_source stop;
    const Interruption interruption([&] { stop.request_stop(); });
    StatsView view(call.terminal, options.follow);
    try {
        do {
            const auto readings = read_all(measured, stop.get_token());
            view.show(readings);
            if (readings.empty() && options.follow) runtime::pause_for(1s, stop.get_token());
        } while (options.follow && !measured.empty());
    } catch (const Error& fault) {
        if (fault.code() != Code::cancelled || interruption.signal() == 0) throw;
        return status::signals + interruption.signal();
    }
    return status::done;
}

} // namespace

std::vector<Command> resource_commands()
{
    return {
        {.noun = "projects",
         .verb = "stats",
         .summary = "Show what the services of projects use of the machine",
         .details =
             "Processor (100 % is one core), memory and processes of each service that runs, measured for a "
             "second; in containers also what went over the network and from and to disks since their start.",
         .examples = {{"skerry projects stats --follow", "every second, all projects that run"},
                      {"skerry projects stats hello --json", ""}},
         .input = api::fields_of<ShowStats>(),
         .run = with<show_stats>},
    };
}

} // namespace skerry::cli
