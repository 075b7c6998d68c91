#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/request_view.hpp"
#include "cli/rows.hpp"
#include "cli/simple_wait.hpp"
#include "cli/table.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "queue/queue.hpp"
#include "sessions/request_store.hpp"
#include "sessions/session_store.hpp"

namespace skerry::cli {
namespace {

using sessions::Request;

struct Pending {
    std::optional<std::string> session;
};
constexpr auto fields(api::Tag<Pending>)
{
    return std::array{api::field<&Pending::session>(
        "session", "Only of this session, or of this project's newest",
        {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"})};
}

std::string request_table(const Stream& stream, const std::vector<Request>& requests)
{
    Table table({{"request"}, {"session"}, {"kind"}, {"asks", false, true}, {"answer", false, true}});
    for (const auto& request : requests)
        table.add({{request.id, Paint::strong},
                   request.session.value,
                   request.kind,
                   question_of(request),
                   answers_to(request).front()});
    return table.shown_on(stream);
}

/// On a terminal each with all the commands that answer it, ready to be copied.
std::string spelled_out(const Stream& stream, const std::vector<Request>& requests)
{
    std::string text;
    for (const auto& request : requests) {
        text += stream.paint(Paint::warning, "?") + " " + stream.paint(Paint::strong, question_of(request)) +
                "\n";
        for (const auto& line : answers_to(request)) text += "    " + line + "\n";
    }
    return text;
}

int list_pending(Call& call, const Pending& options)
{
    sessions::SessionId session;
    if (options.session) session = sessions::require(call.db(), *options.session).id;
    const auto found = sessions::open_requests(call.db(), session);
    if (found.empty() && call.terminal.out.is_terminal() && !call.terminal.json)
        call.terminal.note("no agent waits for an answer");
    return show_list(
        call.terminal, found, [](const Request& request) { return request.id; },
        [&](const Stream& stream) {
            return stream.is_terminal() ? spelled_out(stream, found) : request_table(stream, found);
        });
}

int answer_request(Call& call)
{
    const auto request = perform_action(call);
    auto& terminal = call.terminal;
    if (terminal.json)
        terminal.print(request.dump(terminal.out.is_terminal()));
    else if (terminal.quiet)
        terminal.print(request["id"].text());
    else
        terminal.print(request["id"].text() + (terminal.out.is_terminal() ? " is answered: " : "\t") +
                       request["reply"].text());
    if (!queue::worker_is_alive(call.app().paths))
        terminal.hint("no worker is running: start 'skerry worker' for the agent to hear it");
    return status::done;
}

} // namespace

std::vector<Command> request_commands()
{
    const auto& answer = program::require_action("sessions.answer");
    return {
        {.noun = "sessions",
         .verb = "pending",
         .summary = "List what agents wait for: permissions and answers",
         .details = "Each with the command that answers it.",
         .input = api::fields_of<Pending>(),
         .run = with<list_pending>},
        {.noun = "sessions",
         .verb = "answer",
         .summary = answer.summary,
         .details =
             "The answer is kept, and handed to the agent by whoever follows the turn, at once when a worker "
             "runs. A rejected permission ends the turn, unless --message tells the agent what to do "
             "instead.",
         .examples = {{"skerry sessions answer hello per_2065 once", ""},
                      {"skerry sessions answer hello per_2065 reject --message \"use another name\"", ""},
                      {"skerry sessions answer hello que_2065 --choice 2",
                       "the second of the answers offered"}},
         .input = answer.input,
         .action = answer.name,
         .run = answer_request},
    };
}

} // namespace skerry::cli
