#include "cli/request_view.hpp"

#include "cli/display.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

std::string asked_in(const api::Json& questions)
{
    std::vector<std::string> words;
    for (const auto& question : questions.items())
        words.push_back(harmless_line(question["question"].view()));
    return join(words, " ");
}

/// "1 Red, 2 Blue"
std::string options_of(const api::Json& question)
{
    std::vector<std::string> labels;
    for (const auto& option : question["options"].items())
        labels.push_back(std::to_string(labels.size() + 1) + " " + harmless_line(option["label"].view()));
    return join(labels, ", ");
}

std::string options_in(const api::Json& questions)
{
    std::vector<std::string> all;
    for (const auto& question : questions.items()) all.push_back(options_of(question));
    return join(all, "; ");
}

} // namespace

std::string question_of(const sessions::Request& request)
{
    const auto& payload = request.payload;
    if (request.kind == "question")
        return asked_in(payload["questions"]) + " (" + options_in(payload["questions"]) + ")";
    return harmless_line(payload["permission"].view()) + ": " + harmless_line(payload["title"].view());
}

std::vector<std::string> answers_to(const sessions::Request& request)
{
    const auto begin = "skerry sessions answer " + request.session.value + " " + request.id;
    if (request.kind != "question") return {begin + " once", begin + " always", begin + " reject"};
    std::string choices;
    for (std::size_t i = 0; i < request.payload["questions"].items().size(); ++i) choices += " --choice 1";
    return {begin + choices, begin + " reject"};
}

} // namespace skerry::cli
