#include "cli/help.hpp"
#include "cli/lookup.hpp"
#include "cli/manual.hpp"
#include "cli/options.hpp"
#include "cli/parser.hpp"
#include "program/actions.hpp"
#include "util/descriptor.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>
#include <utility>

using namespace skerry;

namespace {

/// The words of an example, as a shell takes them; nothing when it is more than one plain command.
std::vector<std::string> words_of(std::string_view line)
{
    std::vector<std::string> words;
    std::string word;
    bool quoted = false;
    bool begun = false;
    for (const char letter : line) {
        if (letter == '"') {
            quoted = !quoted;
            begun = true;
        } else if (letter == ' ' && !quoted) {
            if (begun) words.push_back(std::exchange(word, {}));
            begun = false;
        } else {
            word += letter;
            begun = true;
        }
    }
    if (begun) words.push_back(word);
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == "|" || words[i] == "<" || words[i] == ">") words.resize(i);
    if (words.empty() || words.front() != "skerry") return {};
    return {words.begin() + 1, words.end()};
}

bool takes(const cli::Command& command, std::string_view field)
{
    return std::any_of(command.input.begin(), command.input.end(),
                       [&](const api::Field& one) { return one.name == field; });
}

} // namespace

TEST_CASE("no two commands are alike, and each says what it does and does it")
{
    std::set<std::string> names;
    for (const auto& command : cli::commands()) {
        CAPTURE(cli::full_name(command));
        CHECK(names.insert(cli::full_name(command)).second);
        CHECK_FALSE(command.summary.empty());
        CHECK(command.summary.back() != '.');
        CHECK((command.run != nullptr));
        if (command.action.empty()) continue;
        for (const auto& field : program::require_action(command.action).input) {
            const bool elsewhere =
                (command.noun == "secrets" && field.name != "name") || // never in a command line
                field.name == "password" || field.name == "content";   // in a file
            CHECK_MESSAGE(takes(command, field.name) != elsewhere, field.name);
        }
    }
}

TEST_CASE("no two options of a command are alike, and each has a help")
{
    for (const auto& command : cli::commands()) {
        std::set<std::string> seen;
        for (const auto& set : cli::option_sets(command))
            for (const auto& field : set.fields) {
                CAPTURE(cli::full_name(command));
                CAPTURE(field.name);
                CHECK(seen.insert(std::string(field.name)).second);
                CHECK_FALSE(field.help.empty());
                if (field.rule.letter != 0) CHECK(seen.insert(std::string(1, field.rule.letter)).second);
            }
    }
}

/// The command that does what the action does: by its row, or one that takes several things at once by its
/// name.
const cli::Command* command_for(std::string_view action)
{
    auto words = split(action, '.');
    std::replace(words[1].begin(), words[1].end(), '_', '-');
    for (const auto& command : cli::commands())
        if (command.action == action || (command.noun == words[0] && command.verb == words[1]))
            return &command;
    return nullptr;
}

TEST_CASE("every action is a command of its noun, but for what logs in and out")
{
    const std::set<std::string_view> of_sessions{"projects.prompt", "projects.answer", "projects.abort"};
    for (const auto& action : program::actions()) {
        const auto noun = split(action.name, '.')[0];
        CAPTURE(action.name);
        const bool is_none = noun == "auth" || noun == "setup" || of_sessions.contains(action.name);
        const auto* command = command_for(action.name);
        CHECK((command == nullptr) == is_none);
        if (command != nullptr) CHECK(command->noun == noun);
    }
}

TEST_CASE("every noun with verbs has a row, a help and a manual page")
{
    auto pipe = make_pipe();
    const cli::Stream stream(pipe.write.get());
    for (const auto& command : cli::commands()) {
        if (command.hidden) continue;
        CHECK(cli::help(command, stream).find(cli::usage(command)) != std::string::npos);
        if (command.verb.empty()) continue;
        CHECK(cli::help(command.noun, stream).find(command.verb) != std::string::npos);
        // A dash is written as one in roff.
        const auto name = join(split(cli::full_name(command), '-'), "\\-");
        CHECK(cli::manual_page(command.noun).find("skerry " + name) != std::string::npos);
    }
}

TEST_CASE("the examples can be typed")
{
    for (const auto& command : cli::commands())
        for (const auto& example : command.examples) {
            const auto words = words_of(example.line);
            if (words.empty()) continue;
            CAPTURE(example.line);
            const auto found = cli::find_command(words);
            CHECK(found.command == &command);
            CHECK_NOTHROW(cli::parse(command, found.rest));
        }
}

TEST_CASE("every noun has its page among those that are installed")
{
    const auto build = read_file("man/meson.build");
    for (const auto& noun : cli::nouns())
        CHECK(build.find("'" + std::string(noun.name) + "'") != std::string::npos);
}

TEST_CASE("a manual page reads as it did")
{
    CHECK(cli::manual_page("templates") == read_file("tests/unit/cli/golden/skerry-templates.1"));
}
