#include "cli/result.hpp"

#include "cli/view.hpp"
#include "projects/project_store.hpp"
#include "sessions/session_store.hpp"
#include "util/text.hpp"

#include <set>

namespace skerry::cli {
namespace {

std::string text_of(const api::Json& value)
{
    return value.is_integer() ? std::to_string(value.number()) : value.text();
}

/// "hello is running"
std::string state_sentence(const Stream& stream, const api::Json& project, std::string_view status)
{
    return stream.paint(Paint::strong, project["slug"].view()) + " is " +
           stream.paint(paint_of_state(status), status);
}

/// The status; a project that is deleted for good has none left.
std::string status_in(const api::Json& result, const Command& command)
{
    const bool deleted = command.action == "projects.delete" && result["outcome"].view() == "succeeded";
    return deleted ? "deleted" : result["status"].text();
}

std::string for_scripts(const api::Json& result, const std::string& status)
{
    std::vector<std::string> files;
    for (const auto& file : result["filesChanged"].items()) files.push_back(file.text());
    return join(
        {result["slug"].text(), status, result["appUrl"].text(), result["outcome"].text(), join(files, " ")},
        "\t");
}

std::string summary_of(const Stream& stream, const api::Json& result, const std::string& status, bool told)
{
    std::string text;
    if (!told && !result["turn"].is_null()) {
        const auto outcome = result["outcome"].text();
        text = stream.paint(paint_of_state(outcome), outcome) +
               turn_figures(result["filesChanged"], result["tokens"], result["cost"].real()) + "\n";
    }
    text += state_sentence(stream, result, status);
    if (status == "running" && result["appUrl"].is_text())
        text += " at " + stream.paint(Paint::accent, result["appUrl"].view());
    return text;
}

/// With --quiet: the id of what was made, which is a project or a job.
std::string id_of(const Command& command, const api::Json& started)
{
    const bool made_a_project = command.action == "projects.create" || started["jobId"].is_null();
    return text_of(started[made_a_project ? "id" : "jobId"]);
}

/// The turn that was started, and those that repaired or repeated it, in order.
std::vector<sessions::Turn> whole_line(db::Connection& db, const std::string& first)
{
    std::vector<sessions::Turn> line;
    for (auto turn = sessions::find_turn(db, sessions::TurnId(first)); turn;
         turn = sessions::find_follower(db, line.back().id))
        line.push_back(std::move(*turn));
    return line;
}

/// What all of them came to together.
void add_up(api::Json& json, const std::vector<sessions::Turn>& line)
{
    std::set<std::string> files;
    std::vector<std::string> ids;
    double cost = 0;
    std::int64_t input = 0;
    std::int64_t output = 0;
    for (const auto& turn : line) {
        ids.push_back(turn.id.value);
        files.insert(turn.files_changed.begin(), turn.files_changed.end());
        cost += turn.cost;
        input += turn.tokens_input;
        output += turn.tokens_output;
    }
    json.set("turnId", ids.front())
        .set("turnIds", ids)
        .set("filesChanged", std::vector(files.begin(), files.end()))
        .set("cost", cost)
        .set("tokens", api::Json::object({{"input", input}, {"output", output}}));
}

/// The last turn itself, and beside it what scripts ask for most.
void tell_turns(api::Json& json, const std::vector<sessions::Turn>& line)
{
    add_up(json, line);
    const auto& last = line.back();
    auto whole = sessions::to_json(last);
    for (const auto* name : {"reason", "check", "seqTo"})
        if (whole.has(name)) json.set(name, whole[name]);
    const auto took = last.ended_at ? std::optional(*last.ended_at - line.front().created_at) : std::nullopt;
    json.set("seqFrom", line.front().seq_from).set("durationMs", took).set("turn", std::move(whole));
}

} // namespace

std::string started_sentence(const Stream& stream, const api::Json& started)
{
    return state_sentence(stream, started, started["status"].view()) +
           (started["jobId"].is_null() ? "" : ", job " + text_of(started["jobId"])) +
           (started["turnId"].is_null() ? "" : ", turn " + started["turnId"].text()) +
           (started["deduplicated"].boolean() ? " (from before: the key is known)" : "");
}

void show_started(Terminal& terminal, const Command& command, const api::Json& started)
{
    if (terminal.json) return terminal.print(started.dump(terminal.out.is_terminal()));
    if (terminal.quiet) return terminal.print(id_of(command, started));
    if (terminal.out.is_terminal()) return terminal.print(started_sentence(terminal.out, started));
    terminal.print(join({started["slug"].text(), started["status"].text(), text_of(started["jobId"]),
                         started["turnId"].text()},
                        "\t"));
}

api::Json result_of(db::Connection& db, const api::Json& started, const Outcome& outcome)
{
    const auto project = projects::find(db, projects::ProjectId(started["id"].text()));
    auto json = project ? projects::to_json(*project) : started;
    for (const auto* name : {"jobId", "sessionId", "deduplicated"})
        if (started.has(name)) json.set(name, started[name]);
    if (const auto line = whole_line(db, started["turnId"].text()); !line.empty()) tell_turns(json, line);
    json.set("type", "result").set("outcome", outcome.name);
    if (!outcome.error.empty()) json.set("error", outcome.error).set("hint", outcome.hint);
    return json;
}

void show_result(Terminal& terminal, const api::Json& result, const Command& command, bool told)
{
    if (terminal.json) return terminal.print(result.dump(terminal.out.is_terminal() && !told));
    if (terminal.quiet) return terminal.print(id_of(command, result));
    const auto status = status_in(result, command);
    terminal.print(terminal.out.is_terminal() ? summary_of(terminal.out, result, status, told)
                                              : for_scripts(result, status));
}

} // namespace skerry::cli
