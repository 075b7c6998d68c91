#include "cli/lookup.hpp"

#include "cli/options.hpp"
#include "cli/suggestion.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

/// "--" is none: no name is looked for behind it.
bool is_option(const std::string& word)
{
    return word.size() > 1 && word[0] == '-' && word != "--";
}

/// Whether the word is a global option whose value is the next word.
bool takes_next_word(const std::string& word)
{
    for (const auto& field : api::fields_of<Globals>())
        if (field.kind != api::Kind::boolean && word == spelled(field)) return true;
    return false;
}

/// How many words at the beginning of `words` are options that stand before a name.
std::size_t options_before_name(const std::vector<std::string>& words, std::size_t from)
{
    auto at = from;
    while (at < words.size() && is_option(words[at])) at += takes_next_word(words[at]) ? 2U : 1U;
    return std::min(at, words.size()) - from;
}

Error unknown(const std::string& what, const std::string& word, const std::vector<std::string>& names,
              const std::string& help)
{
    const auto near = nearest(word, names);
    return {Code::bad_request,
            what,
            {.hint = near.empty() ? "'" + help + "' lists the commands" : "did you mean '" + near + "'?"}};
}

std::vector<std::string> noun_names()
{
    std::vector<std::string> names;
    for (const auto& command : commands())
        if (!command.hidden && (names.empty() || names.back() != command.noun))
            names.emplace_back(command.noun);
    return names;
}

std::vector<std::string> verb_names(std::string_view noun)
{
    std::vector<std::string> names;
    for (const auto* command : commands_of(noun)) names.emplace_back(command->verb);
    for (const auto* inner : nouns_within(noun)) names.emplace_back(inner->name.substr(noun.size() + 1));
    return names;
}

/// Takes the next name out of `words`, or gives an empty one.
std::string take_name(std::vector<std::string>& words)
{
    const auto at = options_before_name(words, 0);
    if (at == words.size() || words[at] == "--") return {};
    auto name = words[at];
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    return name;
}

} // namespace

const Command* command_named(std::string_view noun, std::string_view verb)
{
    for (const auto& command : commands())
        if (command.noun == noun && command.verb == verb) return &command;
    return nullptr;
}

std::vector<const Command*> commands_of(std::string_view noun)
{
    std::vector<const Command*> found;
    for (const auto& command : commands())
        if (command.noun == noun && !command.hidden) found.push_back(&command);
    return found;
}

std::vector<const Noun*> nouns_within(std::string_view noun)
{
    std::vector<const Noun*> found;
    for (const auto& one : nouns())
        if (one.name.starts_with(std::string(noun) + " ")) found.push_back(&one);
    return found;
}

Found find_command(const std::vector<std::string>& words)
{
    Found found{.rest = words};
    found.noun = take_name(found.rest);
    if (found.noun.empty()) return found;
    found.command = command_named(found.noun, "");
    if (found.command != nullptr) return found;
    if (commands_of(found.noun).empty())
        throw unknown("'" + one_line(found.noun, 60) + "' is not a skerry command", found.noun, noun_names(),
                      "skerry --help");
    auto verb = take_name(found.rest);
    if (const auto longer = found.noun + " " + verb; !verb.empty() && !commands_of(longer).empty()) {
        found.noun = longer;
        verb = take_name(found.rest);
    }
    if (verb.empty()) return found;
    found.command = command_named(found.noun, verb);
    if (found.command == nullptr)
        throw unknown("'" + found.noun + " " + one_line(verb, 60) + "' is not a skerry command", verb,
                      verb_names(found.noun), "skerry " + found.noun + " --help");
    return found;
}

} // namespace skerry::cli
