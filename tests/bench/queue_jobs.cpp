#include "bench/queue_jobs.hpp"

#include "queue/run.hpp"
#include "util/error.hpp"

#include <condition_variable>
#include <mutex>
#include <unistd.h>

namespace skerry::bench {
namespace {

void tell(std::int64_t pipe)
{
    if (pipe == 0) return;
    const Message message{nanoseconds(), ::getpid()};
    if (::write(static_cast<int>(pipe), &message, sizeof message) != sizeof message) std::abort();
}

void do_nothing(queue::Run&, const Nothing& args)
{
    tell(args.tell);
    if (performed().count++ == 0) performed().first = nanoseconds();
}

void hold(queue::Run& run, const Hold& args)
{
    tell(args.tell);
    std::mutex mutex;
    std::condition_variable_any bell;
    std::unique_lock lock(mutex);
    bell.wait(lock, run.stop, [] { return false; });
    throw Error(Code::cancelled, "asked to stop");
}

} // namespace

Performed& performed()
{
    static Performed jobs;
    return jobs;
}

const queue::Kinds& kinds()
{
    static const std::array table{queue::handler<Nothing, do_nothing>(), queue::handler<Hold, hold>()};
    static const queue::Kinds all{.rows = table};
    return all;
}

} // namespace skerry::bench
