#include "cli/parser.hpp"

#include "cli/options.hpp"
#include "cli/suggestion.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>

namespace skerry::cli {
namespace {

using Fields = std::vector<const api::Field*>;

constexpr int most_words = 10'000;

struct Declared {
    const api::Field* field;
    CLI::Option* option;
};

std::string library_name(const api::Field& field)
{
    if (field.rule.positional) return std::string(field.name);
    const auto letter = field.rule.letter == 0 ? std::string() : std::string(",-") + field.rule.letter;
    return spelled(field) + letter;
}

Declared declare(CLI::App& app, const api::Field& field)
{
    const auto keep = [](const CLI::results_t&) { return true; };
    if (field.kind == api::Kind::boolean)
        return {&field, app.add_flag_function(
                            library_name(field), [](std::int64_t) {}, std::string())};
    auto* option = app.add_option(library_name(field), keep);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    const bool several = field.rule.positional && field.kind == api::Kind::list;
    option->expected(1, several ? most_words : 1)->allow_extra_args(several);
    return {&field, option};
}

api::Json whole_number(const api::Field& field, const std::string& text)
{
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, number);
    if (fault != std::errc{} || rest != end || text.empty())
        throw Error(Code::bad_request,
                    spelled(field) + " must be a whole number, not '" + one_line(text, 60) + "'",
                    {.fields = {{std::string(field.name), "must be a whole number"}}});
    return number;
}

api::Json list_of(const api::Field& field, const std::vector<std::string>& words)
{
    if (field.rule.positional || field.rule.whole) return words;
    auto list = api::Json::array();
    for (const auto& word : words)
        for (const auto& item : split(word, ','))
            if (!item.empty()) list.push(item);
    return list;
}

[[noreturn]] void refuse_value(const api::Field& field, const std::string& message)
{
    const bool bare = field.rule.positional && message == "must not be empty";
    throw Error(Code::bad_request, (bare ? "the " + std::string(field.name) : spelled(field)) + " " + message,
                {.fields = {{std::string(field.name), message}}});
}

api::Json value_of(const api::Field& field, const std::vector<std::string>& words)
{
    switch (field.kind) {
    case api::Kind::boolean: return words.back() != "false";
    case api::Kind::list: return list_of(field, words);
    case api::Kind::number:
    case api::Kind::text: break;
    }
    if (words.size() > 1) refuse_value(field, "was given more than once");
    if (words.back().empty()) refuse_value(field, "must not be empty");
    return field.kind == api::Kind::number ? whole_number(field, words.back()) : api::Json(words.back());
}

std::vector<std::string> option_names(const Fields& fields)
{
    std::vector<std::string> names;
    for (const auto* field : fields)
        if (!field->rule.positional && !field->rule.hidden) names.push_back(spelled(*field));
    return names;
}

[[noreturn]] void refuse(const std::vector<std::string>& extras, const Fields& fields,
                         const std::string& usage)
{
    const auto option = std::find_if(extras.begin(), extras.end(), [](const std::string& word) {
        return word.size() > 1 && word[0] == '-';
    });
    const bool takes_command = std::any_of(fields.begin(), fields.end(),
                                           [](const auto* field) { return field->rule.behind_dashes; });
    if (option == extras.end())
        throw Error(
            Code::bad_request, "'" + one_line(extras.front(), 60) + "' is one word too many",
            {.hint = "usage: " + usage +
                     (takes_command ? "; the command goes behind '--'" : "; quote what belongs together")});
    const auto name = option->substr(0, option->find('='));
    const auto near = nearest(name, option_names(fields));
    throw Error(Code::bad_request, "there is no option '" + one_line(name, 60) + "'",
                {.hint = near.empty() ? "usage: " + usage + "; words that begin with '-' go behind '--'"
                                      : "did you mean '" + near + "'?"});
}

/// The library says "--name: 1 required TEXT missing": not for people.
[[noreturn]] void explain(const CLI::ParseError& fault, const Fields& fields, const std::string& usage)
{
    const std::string message = fault.what();
    for (const auto* field : fields)
        if (!field->rule.positional && message.starts_with(spelled(*field) + ":"))
            throw Error(Code::bad_request,
                        spelled(*field) + " needs a value: " + spelled(*field) + " " + placeholder(*field),
                        {.hint = "usage: " + usage});
    throw Error(Code::bad_request, message, {.hint = "usage: " + usage});
}

/// What was given for each field, in the order of the fields.
using Given = std::vector<std::vector<std::string>>;

/// Words before "--". The library is never shown one behind it.
Given given_options(const Fields& fields, const std::vector<std::string>& words, const std::string& usage)
{
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    std::vector<Declared> declared;
    for (const auto* field : fields)
        if (!field->rule.behind_dashes) declared.push_back(declare(app, *field));
    try {
        app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    } catch (const CLI::ParseError& fault) {
        explain(fault, fields, usage);
    }
    if (const auto extras = app.remaining(); !extras.empty()) refuse(extras, fields, usage);
    Given given(fields.size());
    for (const auto& one : declared) {
        const auto place = std::find(fields.begin(), fields.end(), one.field) - fields.begin();
        if (one.option->count() > 0) given[static_cast<std::size_t>(place)] = one.option->results();
    }
    return given;
}

/// Words behind "--" are no options, whatever they look like: they fill the arguments that are left, the last
/// of which may take all.
void give_rest(Given& given, const Fields& fields, std::vector<std::string> words, const std::string& usage)
{
    for (std::size_t place = 0; place < fields.size() && !words.empty(); ++place) {
        const auto& field = *fields[place];
        if (!field.rule.positional) continue;
        const bool takes_all = field.kind == api::Kind::list;
        if (!takes_all && !given[place].empty()) continue;
        const auto end = takes_all ? words.end() : words.begin() + 1;
        given[place].insert(given[place].end(), words.begin(), end);
        words.erase(words.begin(), end);
    }
    if (!words.empty()) refuse({words.front()}, {}, usage);
}

api::Json parse_fields(const Fields& fields, const std::vector<std::string>& words, const std::string& usage)
{
    const auto dashes = std::find(words.begin(), words.end(), "--");
    auto given = given_options(fields, {words.begin(), dashes}, usage);
    if (dashes != words.end()) give_rest(given, fields, {dashes + 1, words.end()}, usage);
    auto values = api::Json::object();
    for (std::size_t place = 0; place < fields.size(); ++place)
        if (!given[place].empty()) values.set(fields[place]->name, value_of(*fields[place], given[place]));
    return values;
}

/// All that is missing at once.
void require_needed(const Command& command, const api::Json& values)
{
    std::vector<FieldError> missing;
    std::vector<std::string> names;
    for (const auto& field : command.input)
        if (is_needed(field) && !values.has(field.name)) {
            missing.push_back({std::string(field.name), "is missing"});
            names.push_back(spelled(field));
        }
    if (!missing.empty())
        throw Error(Code::bad_request,
                    join(names, " and ") + (names.size() == 1 ? " is missing" : " are missing"),
                    {.hint = "usage: " + usage(command), .fields = missing});
}

} // namespace

api::Json parse(const Command& command, const std::vector<std::string>& words)
{
    Fields fields;
    for (const auto& set : option_sets(command))
        for (const auto& field : set.fields) fields.push_back(&field);
    auto values = parse_fields(fields, words, usage(command));
    if (!values["help"].boolean() && !values["version"].boolean()) require_needed(command, values);
    return values;
}

api::Json parse_globals(const std::vector<std::string>& words)
{
    Fields fields;
    for (const auto& field : api::fields_of<Globals>()) fields.push_back(&field);
    return parse_fields(fields, words, "skerry COMMAND [options]");
}

} // namespace skerry::cli
