#include "cli/options.hpp"

#include <algorithm>
#include <cctype>

namespace skerry::cli {
namespace {

std::string upper_case(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    return text;
}

} // namespace

std::string full_name(const Command& command)
{
    return std::string(command.noun) + (command.verb.empty() ? "" : " " + std::string(command.verb));
}

std::vector<OptionSet> option_sets(const Command& command)
{
    std::vector<OptionSet> sets{{"Options", command.input}};
    if (command.asks) sets.push_back({"Asking", api::fields_of<Confirmation>()});
    if (command.common == Common::work) sets.push_back({"Waiting", api::fields_of<Work>()});
    if (command.common == Common::job) sets.push_back({"Waiting", api::fields_of<JobWork>()});
    if (command.common == Common::waits) sets.push_back({"Waiting", api::fields_of<Waiting>()});
    sets.push_back({"Global options", api::fields_of<Globals>()});
    return sets;
}

std::string placeholder(const api::Field& field)
{
    if (!field.rule.placeholder.empty()) return std::string(field.rule.placeholder);
    if (!field.rule.one_of.empty()) return std::string(field.rule.one_of);
    if (field.kind == api::Kind::number) return "N";
    return upper_case(api::option_name(field.name));
}

std::string spelled(const api::Field& field)
{
    return field.rule.positional ? placeholder(field) : "--" + api::option_name(field.name);
}

bool is_needed(const api::Field& field)
{
    const bool counted = field.kind == api::Kind::number || field.kind == api::Kind::list;
    return field.required || (field.rule.positional && counted && field.rule.min > 0);
}

std::string usage(const Command& command)
{
    std::string text = "skerry " + full_name(command);
    for (const auto& field : command.input) {
        if (!field.rule.positional || field.rule.behind_dashes) continue;
        const auto name = placeholder(field) + (field.kind == api::Kind::list ? "..." : "");
        text += is_needed(field) ? " " + name : " [" + name + "]";
    }
    text += " [options]";
    for (const auto& field : command.input)
        if (field.rule.behind_dashes) text += " -- " + placeholder(field) + "...";
    return text;
}

api::Json pick(const api::Json& values, std::span<const api::Field> fields)
{
    auto picked = api::Json::object();
    for (const auto& field : fields)
        if (values.has(field.name)) picked.set(field.name, values[field.name]);
    return picked;
}

} // namespace skerry::cli
