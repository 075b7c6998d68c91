#include "cli/completion.hpp"

#include "cli/lookup.hpp"
#include "cli/options.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::cli {
namespace {

using Words = std::vector<std::string>;

/// What the words before the unfinished one mean.
struct Position {
    const Command* command = nullptr;
    std::string noun{};
    std::size_t arguments = 0;                ///< words that fill positional fields
    const api::Field* awaits_value = nullptr; ///< the option whose value comes next
    bool behind_dashes = false;               ///< where nothing is an option
};

std::vector<const api::Field*> fields_at(const Position& position)
{
    std::vector<const api::Field*> found;
    const auto add = [&](std::span<const api::Field> fields) {
        for (const auto& field : fields)
            if (!field.rule.hidden) found.push_back(&field);
    };
    if (position.command == nullptr)
        add(api::fields_of<Globals>());
    else
        for (const auto& set : option_sets(*position.command)) add(set.fields);
    return found;
}

const api::Field* option_called(const Position& position, std::string_view word)
{
    for (const auto* field : fields_at(position)) {
        if (field->rule.positional) continue;
        const auto letter = field->rule.letter == 0 ? std::string() : std::string("-") + field->rule.letter;
        if (word == spelled(*field) || (!letter.empty() && word == letter)) return field;
    }
    return nullptr;
}

void advance(Position& position, const std::string& word)
{
    if (position.awaits_value != nullptr) {
        position.awaits_value = nullptr;
    } else if (word == "--") {
        position.behind_dashes = true;
    } else if (!position.behind_dashes && word.size() > 1 && word[0] == '-') {
        const auto* field = option_called(position, word);
        if (field != nullptr && field->kind != api::Kind::boolean) position.awaits_value = field;
    } else if (position.command != nullptr) {
        ++position.arguments;
    } else {
        const auto& noun = position.noun;
        const auto longer = noun + " " + word;
        position.command = noun.empty() ? command_named(word, "") : command_named(noun, word);
        if (noun.empty())
            position.noun = word;
        else if (!commands_of(longer).empty())
            position.noun = longer;
    }
}

std::vector<Candidate> choices_of(const api::Field& field, const Values& values)
{
    std::vector<Candidate> found;
    if (!field.rule.one_of.empty()) {
        for (auto& choice : split(field.rule.one_of, '|')) found.push_back({std::move(choice)});
        return found;
    }
    bool files = false;
    for (const auto& part : split(field.rule.placeholder, '|')) {
        files = files || part == "FILE" || part == "FOLDER" || part == "PATH";
        for (auto& value : values(part)) found.push_back(std::move(value));
    }
    if (found.empty() && files) found.push_back({":files"});
    return found;
}

std::vector<Candidate> names(const Position& position)
{
    std::vector<Candidate> found;
    if (position.noun.empty()) {
        for (const auto& noun : nouns())
            if (noun.name.find(' ') == std::string_view::npos)
                found.push_back({std::string(noun.name), std::string(noun.summary)});
        for (const auto& command : commands())
            if (command.verb.empty() && !command.hidden)
                found.push_back({std::string(command.noun), std::string(command.summary)});
    } else {
        for (const auto* command : commands_of(position.noun))
            found.push_back({std::string(command->verb), std::string(command->summary)});
        for (const auto* inner : nouns_within(position.noun))
            found.push_back(
                {std::string(inner->name.substr(position.noun.size() + 1)), std::string(inner->summary)});
    }
    return found;
}

std::vector<Candidate> arguments(const Position& position, const Values& values)
{
    std::size_t at = 0;
    for (const auto& field : position.command->input) {
        if (!field.rule.positional) continue;
        if (field.rule.behind_dashes)
            return position.behind_dashes ? std::vector<Candidate>{{":files"}} : std::vector<Candidate>{};
        if (at == position.arguments || field.kind == api::Kind::list) return choices_of(field, values);
        ++at;
    }
    return {};
}

std::vector<Candidate> options(const Position& position)
{
    std::vector<Candidate> found;
    for (const auto* field : fields_at(position))
        if (!field->rule.positional) found.push_back({spelled(*field), std::string(field->help)});
    return found;
}

std::vector<Candidate> all_at(const Position& position, const std::string& word, const Values& values)
{
    if (position.awaits_value != nullptr) return choices_of(*position.awaits_value, values);
    if (word.starts_with('-') && !position.behind_dashes) {
        const auto sign = word.find('=');
        const auto* field =
            sign == std::string::npos ? nullptr : option_called(position, word.substr(0, sign));
        if (field == nullptr) return options(position);
        auto found = choices_of(*field, values);
        for (auto& candidate : found)
            if (candidate.value != ":files") candidate.value = word.substr(0, sign + 1) + candidate.value;
        return found;
    }
    return position.command == nullptr ? names(position) : arguments(position, values);
}

} // namespace

std::vector<Candidate> completions(const Words& words, const Values& values)
{
    if (words.empty()) return {};
    Position position;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) advance(position, words[i]);
    auto found = all_at(position, words.back(), values);
    std::erase_if(found, [&](const Candidate& one) {
        return one.value != ":files" && !one.value.starts_with(words.back());
    });
    return found;
}

} // namespace skerry::cli
