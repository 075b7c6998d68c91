#include "cli/view.hpp"

#include "cli/display.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace skerry::cli {
namespace {

std::string service_words(const projects::Observation& seen, const runtime::ServiceState& service)
{
    std::string words = std::string(runtime::name_of(service.state));
    const bool answers = service.name == "app" ? seen.health.app : seen.health.agent;
    if (service.state == runtime::State::running && service.name != "model")
        words += answers ? ", answers" : ", does not answer yet";
    if (service.pid != 0) words += ", pid " + std::to_string(service.pid);
    if (service.port != 0) words += ", port " + std::to_string(service.port);
    if (service.restarts != 0) words += ", " + std::to_string(service.restarts) + " restarts";
    if (!service.trouble.empty()) words += ", " + service.trouble;
    if (service.exit_code) words += ", last exit code " + std::to_string(*service.exit_code);
    return words;
}

std::string plural(std::size_t count, std::string_view thing)
{
    return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

} // namespace

Cell state_cell(std::string_view state)
{
    return {std::string(state), paint_of_state(state)};
}

std::string took(const std::optional<Time>& from, const std::optional<Time>& to)
{
    return from && to ? for_people(std::max<Time>(0, *to - *from)) : "";
}

std::string slug_of(const Slugs& slugs, const std::string& id)
{
    const auto found = slugs.find(id);
    return found == slugs.end() ? id : found->second;
}

Slugs slugs_of(const std::vector<projects::Project>& projects)
{
    Slugs slugs;
    for (const auto& project : projects) slugs.emplace(project.id.value, project.slug);
    return slugs;
}

Paint paint_of_state(std::string_view state) noexcept
{
    constexpr std::array<std::pair<std::string_view, Paint>, 25> paints{{
        {"running", Paint::good},      {"completed", Paint::good},   {"succeeded", Paint::good},
        {"ok", Paint::good},           {"done", Paint::good},        {"starting", Paint::warning},
        {"stopping", Paint::warning},  {"deleting", Paint::warning}, {"queued", Paint::warning},
        {"scheduled", Paint::warning}, {"retry", Paint::warning},    {"needs_input", Paint::warning},
        {"sent", Paint::warning},      {"warn", Paint::warning},     {"created", Paint::warning},
        {"stopped", Paint::faint},     {"cancelled", Paint::faint},  {"superseded", Paint::faint},
        {"error", Paint::bad},         {"failed", Paint::bad},       {"fail", Paint::bad},
        {"dead", Paint::bad},          {"stuck", Paint::bad},        {"timeout", Paint::bad},
        {"limit", Paint::bad},
    }};
    for (const auto& [name, paint] : paints)
        if (name == state) return paint;
    return Paint::plain;
}

std::string when(const Stream& stream, Time time)
{
    if (time == 0) return "";
    if (!stream.is_terminal()) return rfc3339(time);
    const auto age = now() - time;
    return age >= 0 ? for_people(age) + " ago" : "in " + for_people(-age);
}

std::string turn_figures(const api::Json& files, const api::Json& tokens, double cost)
{
    std::string words;
    std::vector<std::string> names;
    for (const auto& file : files.items()) names.push_back(harmless_line(file.view()));
    constexpr std::size_t few = 3;
    if (!names.empty() && names.size() <= few) words += ", " + join(names, ", ") + " changed";
    if (names.size() > few) words += ", " + plural(names.size(), "file") + " changed";
    if (const auto count = tokens["input"].number() + tokens["output"].number(); count > 0)
        words += ", " + std::to_string(count) + " tokens";
    std::array<char, 32> price{};
    std::snprintf(price.data(), price.size(), ", $%.4f", cost);
    return cost > 0 ? words + price.data() : words;
}

std::string shown(const Stream& stream, const Details& details)
{
    std::size_t widest = 0;
    for (const auto& [name, cell] : details) widest = std::max(widest, name.size());
    std::string text;
    for (const auto& [name, cell] : details) {
        if (cell.text.empty()) continue;
        const auto value = harmless_line(cell.text);
        if (!stream.is_terminal()) {
            text += std::string(name) + "\t" + value + "\n";
            continue;
        }
        const auto used = widest + 2;
        const auto room = std::max(stream.width(), 2 * used) - used;
        text += stream.paint(Paint::faint, padded(name, used)) +
                stream.paint(cell.paint, wrapped(value, room, std::string(used, ' '))) + "\n";
    }
    return text;
}

std::string app_url(const projects::Project& project)
{
    return project.app_port == 0 ? "" : "http://127.0.0.1:" + std::to_string(project.app_port) + "/";
}

std::string project_table(const Stream& stream, const std::vector<projects::Project>& projects)
{
    Table table({{"project", false, true}, {"status"}, {"url"}, {"model", false, true}, {"id"}, {"created"}});
    for (const auto& project : projects)
        table.add({{project.slug, Paint::strong},
                   state_cell(name_of(project.status)),
                   app_url(project),
                   project.model,
                   project.id.value,
                   {when(stream, project.created_at), Paint::faint}});
    return table.shown_on(stream);
}

std::string project_details(const Stream& stream, const projects::Observation& seen)
{
    const auto& project = seen.project;
    Details details{
        {"project", {project.slug, Paint::strong}},
        {"name", project.name},
        {"id", project.id.value},
        {"status", state_cell(name_of(project.status))},
        {"error", {project.last_error.value_or(""), Paint::bad}},
        {"url", {app_url(project), Paint::accent}},
        {"model", project.model},
        {"runtime",
         project.runtime + (project.runtime_reason.empty() ? "" : " (" + project.runtime_reason + ")")},
        {"from", project.template_name},
        {"folder", project.path.string()},
        {"created", when(stream, project.created_at)},
        {"services", {seen.fault, Paint::bad}}};
    for (const auto& service : seen.services)
        details.emplace_back(service.name, Cell(service_words(seen, service),
                                                paint_of_state(runtime::name_of(service.state))));
    return shown(stream, details);
}

std::string session_table(const Stream& stream, const std::vector<sessions::Session>& sessions,
                          const Slugs& slugs)
{
    Table table({{"session"}, {"title", false, true}, {"model", false, true}, {"project"}, {"created"}});
    for (const auto& session : sessions)
        table.add({{session.id.value, Paint::strong},
                   session.title,
                   session.model,
                   slug_of(slugs, session.project.value),
                   {when(stream, session.created_at), Paint::faint}});
    return table.shown_on(stream);
}

std::string turn_table(const Stream& stream, const std::vector<sessions::Turn>& turns)
{
    Table table(
        {{"turn"}, {"state"}, {"prompt", false, true}, {"files", false, true}, {"took", true}, {"created"}});
    for (const auto& turn : turns)
        table.add({{turn.id.value, Paint::strong},
                   state_cell(name_of(turn.state)),
                   turn.prompt,
                   join(turn.files_changed, " "),
                   took(turn.sent_at, turn.ended_at),
                   {when(stream, turn.created_at), Paint::faint}});
    return table.shown_on(stream);
}

} // namespace skerry::cli
