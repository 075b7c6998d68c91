#include "cli/report.hpp"

#include "cli/display.hpp"
#include "cli/options.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

std::string spelled_field(const Command* command, const std::string& name)
{
    if (command != nullptr)
        for (const auto& set : option_sets(*command))
            for (const auto& field : set.fields)
                if (field.name == name) return spelled(field);
    return name;
}

/// "--model must be ...; PROMPT is missing" where the message is made of field errors; else the message.
std::string sentence(const Error& error, const Command* command)
{
    std::vector<std::string> raw;
    std::vector<std::string> spelled_out;
    for (const auto& [field, message] : error.fields()) {
        raw.push_back(field + " " + message);
        spelled_out.push_back(spelled_field(command, field) + " " + message);
    }
    const bool made_of_fields = !raw.empty() && join(raw, "; ") == error.what();
    return made_of_fields ? join(spelled_out, "; ") : error.what();
}

} // namespace

api::Json to_json(const Error& error)
{
    auto json = api::Json::object({{"code", name_of(error.code())}, {"message", error.what()}});
    if (!error.hint().empty()) json.set("hint", error.hint());
    if (error.fields().empty()) return json;
    auto fields = api::Json::array();
    for (const auto& [field, message] : error.fields())
        fields.push(api::Json::object({{"field", field}, {"message", message}}));
    return json.set("fields", fields);
}

void report(const Error& error, const Command* command, Stream& notes, bool json)
{
    if (json) return notes.write(api::Json::object({{"error", to_json(error)}}).dump() + "\n");
    notes.write(notes.paint(Paint::bad, "error:") + " " + harmless(sentence(error, command)) + "\n");
    if (!error.hint().empty())
        notes.write(notes.paint(Paint::accent, "hint:") + " " + harmless(error.hint()) + "\n");
}

} // namespace skerry::cli
