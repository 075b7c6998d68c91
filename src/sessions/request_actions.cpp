#include "sessions/request_actions.hpp"

#include "sessions/request_store.hpp"
#include "sessions/session_access.hpp"
#include "sessions/session_store.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <utility>

namespace skerry::sessions {
namespace {

using Labels = std::vector<std::string>;

[[noreturn]] void refuse(const char* field, const std::string& what, const std::string& hint)
{
    throw Error(Code::bad_request, what, {.hint = hint, .fields = {{field, what}}});
}

std::optional<std::string> label_of(const api::Json& question, const std::string& choice)
{
    const auto& options = question["options"].items();
    for (const auto& option : options)
        if (option["label"].view() == choice) return choice;
    const auto number = number_in(choice);
    if (!number || *number < 1 || std::cmp_greater(*number, options.size())) return std::nullopt;
    return options[static_cast<std::size_t>(*number - 1)]["label"].text();
}

std::string list_of(const api::Json& question)
{
    Labels labels;
    for (const auto& option : question["options"].items())
        labels.push_back(std::to_string(labels.size() + 1) + " " + option["label"].text());
    return "choose one of: " + join(labels, ", ");
}

/// "2", "Blue", or "1+3" where several may be chosen.
Labels labels_of(const api::Json& question, const std::string& choice)
{
    if (auto label = label_of(question, choice)) return {*label};
    Labels labels;
    for (const auto& part : split(choice, '+')) {
        const auto label = label_of(question, part);
        if (!label) refuse("choice", "'" + part + "' is no answer to the question", list_of(question));
        labels.push_back(*label);
    }
    if (labels.size() > 1 && !question["multiple"].boolean())
        refuse("choice", "only one answer may be chosen", list_of(question));
    return labels;
}

void answer_question(Request& request, const Answer& input)
{
    const auto& questions = request.payload["questions"].items();
    if (input.reply && *input.reply != "reject")
        refuse("reply", "a question is answered by a choice, not by '" + *input.reply + "'", "--choice 1");
    if (input.reply) {
        request.reply = "reject";
    } else if (!input.choice.empty()) {
        if (input.choice.size() != questions.size())
            refuse("choice",
                   "there are " + std::to_string(questions.size()) + " questions and " +
                       std::to_string(input.choice.size()) + " choices",
                   "give --choice once for each question");
        for (std::size_t i = 0; i < questions.size(); ++i)
            request.choices.push_back(labels_of(questions[i], input.choice[i]));
        request.reply = "choice";
    } else if (input.message && questions.size() == 1) {
        request.choices = {{*input.message}};
        request.reply = "choice";
    } else {
        refuse("choice", "no answer is given", questions.empty() ? "--choice 1" : list_of(questions.front()));
    }
}

void answer_permission(Request& request, const Answer& input)
{
    if (!input.choice.empty())
        refuse("choice", "a permission is not answered by a choice", "once, always or reject");
    if (!input.reply) refuse("reply", "no answer is given", "once, always or reject");
    if (input.message && *input.reply != "reject")
        refuse("message", "a message goes with 'reject' only", "leave --message out, or reject");
    request.reply = input.reply;
    request.message = input.message;
}

void refuse_ended(const Request& request)
{
    if (request.state == RequestState::open) return;
    const auto what =
        request.state == RequestState::dropped ? "is no longer asked for" : "was answered before";
    throw Error(Code::conflict, "the request " + request.id + " " + what,
                {.hint = "skerry sessions pending " + request.session.value});
}

} // namespace

Request answer(api::Context& context, const Answer& input)
{
    db::Transaction transaction(context.db);
    const auto session = require(context, input.session);
    auto request = require_request(context.db, session.id, input.request);
    refuse_ended(request);
    if (request.kind == "question")
        answer_question(request, input);
    else
        answer_permission(request, input);
    write_answer(context.db, request);
    auto written = require_request(context.db, session.id, request.id);
    transaction.commit();
    Bell::ring(context.app.paths.running());
    return written;
}

} // namespace skerry::sessions
