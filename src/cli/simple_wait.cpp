#include "cli/simple_wait.hpp"

#include "cli/exit_status.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "cli/waiter.hpp"

namespace skerry::cli {
namespace {

int told(Call& call, Code code, const std::string& message, const WaitWords& words, int status)
{
    report(Error(code, message, {.hint = "'" + words.again + "' waits again"}), nullptr, call.terminal.notes,
           call.terminal.json);
    return status;
}

} // namespace

std::optional<int> wait_until(Call& call, const WaitWords& words, const std::function<bool()>& done)
{
    const auto options = call.read<Waiting>();
    Waiter waiter(call, wait_plan(options.timeout, options.local, options.no_local));
    Progress progress(call.terminal);
    const auto end = waiter.until([&] {
        const bool is_done = done();
        if (!is_done) progress.show(words.what);
        return is_done;
    });
    progress.clear();
    const std::string rest =
        waiter.works_here() ? ": the work pauses until a worker runs" : ": the work goes on";
    switch (end) {
    case Waiter::End::done: return std::nullopt;
    case Waiter::End::late:
        return told(call, Code::timeout, words.what + " is not done within " + *options.timeout + rest, words,
                    status::pending);
    case Waiter::End::interrupted:
        return told(call, Code::cancelled, "interrupted" + rest, words, status::signals + waiter.signal());
    }
    return status::failed;
}

} // namespace skerry::cli
