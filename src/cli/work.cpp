#include "cli/work.hpp"

#include "cli/exit_status.hpp"
#include "cli/result.hpp"
#include "cli/watch.hpp"
#include "program/actions.hpp"
#include "queue/queue.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

void hint_without_worker(Call& call, const api::Json& started)
{
    if (started["jobId"].is_null() || queue::worker_is_alive(call.app().paths)) return;
    call.terminal.hint("no worker is running: start 'skerry worker', or use --wait; 'skerry jobs wait " +
                       std::to_string(started["jobId"].number()) + "' waits now");
}

/// As the command line says. The field that may be "-" is read from standard input.
api::Json input_of(Call& call)
{
    auto input = pick(call.values, program::require_action(call.command.action).input);
    if (const auto field = call.command.standard_input; !field.empty() && input[field].view() == "-") {
        constexpr std::size_t largest = 1U << 20U;
        input.set(field, std::string(trim(read_standard_input(largest))));
    }
    return input;
}

} // namespace

api::Json perform_action(Call& call)
{
    return perform_action(call, input_of(call));
}

api::Json perform_action(Call& call, const api::Json& input)
{
    api::Context context{call.app(), call.db()};
    return program::require_action(call.command.action).perform(context, input);
}

int start_work(Call& call)
{
    return start_work(call, input_of(call));
}

int start_work(Call& call, const api::Json& input)
{
    const auto options = call.read<Work>();
    const auto plan = wait_plan(options.timeout, options.local, options.no_local);
    if (!options.wait && !options.follow && !options.timeout && !options.local) {
        const auto started = perform_action(call, input);
        show_started(call.terminal, call.command, started);
        hint_without_worker(call, started);
        return status::done;
    }
    Waiter waiter(call, plan);
    const auto since = events::newest(call.db());
    const auto started = perform_action(call, input);
    if (!started["jobId"].is_null() || started.has("deduplicated"))
        call.terminal.note(started_sentence(call.terminal.notes, started));
    return Watch(call, started, options, waiter, since).stay();
}

} // namespace skerry::cli
