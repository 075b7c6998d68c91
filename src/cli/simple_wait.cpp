#include "cli/simple_wait.hpp"

#include "cli/exit_status.hpp"
#include "cli/parting.hpp"
#include "cli/progress.hpp"
#include "cli/waiter.hpp"

namespace skerry::cli {

std::optional<int> wait_until(Call& call, const WaitWords& words, const std::function<bool()>& done)
{
    const auto options = call.read<Waiting>();
    Waiter waiter(call, wait_plan(options.timeout, options.local, options.no_local));
    Progress progress(call.terminal);
    const auto end = waiter.until([&] {
        const bool is_done = done();
        if (!is_done) progress.show(words.doing ? words.doing() : words.what);
        return is_done;
    });
    progress.clear();
    const std::string rest =
        waiter.works_here() ? ": the work pauses until a worker runs" : ": the work goes on";
    const std::vector<Next> next{{words.again, "waits again"}};
    switch (end) {
    case Waiter::End::done: return std::nullopt;
    case Waiter::End::late:
        part(call.terminal, Code::timeout, words.what + " is not done within " + *options.timeout + rest,
             next);
        return status::pending;
    case Waiter::End::interrupted:
        part(call.terminal, Code::cancelled, "interrupted" + rest, next);
        return status::signals + waiter.signal();
    }
    return status::failed;
}

} // namespace skerry::cli
