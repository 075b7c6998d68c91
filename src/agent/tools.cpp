#include "agent/tools.hpp"

#include "agent/event_types.hpp"
#include "agent/showing.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace skerry::agent {

namespace {

constexpr std::size_t largest_input_text = 2'000;
constexpr std::size_t largest_output = 16'000;

struct Tool {
    std::string_view name;
    std::string_view kind;
    std::string_view subject; ///< the member of the input that says best what is being done
};

constexpr std::array<Tool, 16> tools{{
    {"bash", "command", "command"},
    {"write", "edit", "filePath"},
    {"edit", "edit", "filePath"},
    {"multiedit", "edit", "filePath"},
    {"patch", "edit", "filePath"},
    {"apply_patch", "edit", "filePath"},
    {"read", "read", "filePath"},
    {"list", "read", "path"},
    {"glob", "search", "pattern"},
    {"grep", "search", "pattern"},
    {"webfetch", "fetch", "url"},
    {"websearch", "fetch", "query"},
    {"task", "task", "description"},
    {"skill", "skill", "name"},
    {"todowrite", "todo", ""},
    {"question", "question", ""},
}};

Tool tool_named(std::string_view name)
{
    const auto* tool =
        std::find_if(tools.begin(), tools.end(), [&](const Tool& one) { return one.name == name; });
    return tool == tools.end() ? Tool{name, "other", ""} : *tool;
}

std::string counted(std::size_t count, const std::string& thing)
{
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string title_of(const Tool& tool, const api::Json& state, const std::string& folder)
{
    const auto& input = state["input"];
    if (tool.name == "todowrite") return counted(input["todos"].items().size(), "step");
    if (tool.name == "question") return counted(input["questions"].items().size(), "question");
    if (tool.name == "invalid") return input["tool"].text("an unknown tool");
    auto title = tool.subject.empty() ? std::string() : input[tool.subject].text();
    if (title.empty()) title = state["title"].text();
    if (title.empty()) title = tool.name;
    return one_line(relative_to(folder, title), 200);
}

api::Json about(const api::Json& part, const std::string& folder)
{
    const auto name = part["tool"].text();
    const auto tool = tool_named(name);
    return api::Json::object({{"callId", part["callID"].text()},
                              {"messageId", part["messageID"].text()},
                              {"tool", name},
                              {"kind", tool.kind},
                              {"title", title_of(tool, part["state"], folder)}});
}

Event event_of(std::string_view type, const api::Json& part, api::Json payload)
{
    return {std::string(type), part["sessionID"].text(), std::move(payload)};
}

Event started(const api::Json& part, const std::string& folder)
{
    auto payload = about(part, folder);
    payload.set("input", clipped(part["state"]["input"], largest_input_text));
    return event_of(type::tool_start, part, std::move(payload));
}

Event failed(const api::Json& part, const std::string& folder)
{
    const auto& state = part["state"];
    const auto error =
        part["tool"].view() == "invalid" ? state["input"]["error"].view() : state["error"].view();
    auto payload = about(part, folder);
    payload.set("error", without_middle(error, largest_output));
    return event_of(type::tool_error, part, std::move(payload));
}

/// A command that ends with another code than 0 has run; that is not a tool that failed.
Event finished(const api::Json& part, const std::string& folder)
{
    const auto& state = part["state"];
    const auto& metadata = state["metadata"];
    auto payload = about(part, folder);
    payload.set("output", without_middle(state["output"].view(), largest_output));
    if (metadata["exit"].is_number())
        payload.set("exitCode", metadata["exit"].number());
    else if (metadata.has("exit"))
        payload.set("aborted", true);
    const auto& time = state["time"];
    if (time.has("end")) payload.set("durationMs", time["end"].number() - time["start"].number());
    return event_of(type::tool_finish, part, std::move(payload));
}

} // namespace

std::vector<Event> Tools::update(const api::Json& part, const std::string& folder)
{
    const auto status = part["state"]["status"].view();
    if (status == "pending") return {}; // its input is still being written
    const auto key = part["messageID"].text() + '/' + part["callID"].text();
    std::vector<Event> events;
    const auto [stage, fresh] = stages_.try_emplace(key, Stage::begun);
    if (fresh) events.push_back(started(part, folder));
    const bool ends = status == "completed" || status == "error";
    if (!ends || stage->second == Stage::ended) return events;
    stage->second = Stage::ended;
    const bool failure = status == "error" || part["tool"].view() == "invalid";
    events.push_back(failure ? failed(part, folder) : finished(part, folder));
    return events;
}

void Tools::remember(const Event& event)
{
    const auto key = event.payload["messageId"].text() + '/' + event.payload["callId"].text();
    if (event.type == type::tool_start)
        stages_.try_emplace(key, Stage::begun);
    else
        stages_[key] = Stage::ended;
}

} // namespace skerry::agent
