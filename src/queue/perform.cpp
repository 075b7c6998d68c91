#include "queue/perform.hpp"

namespace skerry::queue {
namespace {

void check(const Job& job, const Kind* kind)
{
    if (kind == nullptr)
        throw Error(Code::bad_request, "this skerry knows no kind of job '" + job.kind + "'",
                    {.hint = "a newer one may have added it"});
    try {
        kind->check(job.args);
    } catch (const Error& fault) {
        throw Error(Code::bad_request,
                    "the args of the job do not fit its kind: " + std::string(fault.what()));
    }
}

Error out_of_time(const Job& job, const Kind* kind)
{
    const auto usual = (kind != nullptr ? kind->policy : Policy{}).timeout.count();
    return {Code::timeout, "it did not end within " + for_people(job.timeout.value_or(usual))};
}

} // namespace

Error error_of(const std::exception& fault)
{
    if (const auto* error = dynamic_cast<const Error*>(&fault)) return *error;
    return {Code::internal, std::string("internal: ") + fault.what()};
}

Outcome outcome_of(const Job& job, Stop reason, const Kind* kind, const Error& fault)
{
    if (!worth_retrying(fault.code())) return {Way::discarded, fault};
    const auto again = now() + retry_delay(job.attempt);
    switch (reason) {
    case Stop::cancelled: return {Way::cancelled};
    case Stop::shutdown: return {Way::released};
    case Stop::timeout: return {Way::timeout, out_of_time(job, kind), again};
    case Stop::none:
    case Stop::lost: break;
    }
    return {Way::failed, fault, again};
}

Outcome perform(Run& run, const Kind* kind)
{
    try {
        check(run.job, kind);
        kind->perform(run, run.job.args);
        return {Way::succeeded};
    } catch (const Rescheduled& later) {
        return {Way::rescheduled, std::nullopt, now() + later.delay.count()};
    } catch (const std::exception& fault) {
        return outcome_of(run.job, run.stop_reason(), kind, error_of(fault));
    } catch (...) {
        return outcome_of(run.job, run.stop_reason(), kind,
                          Error(Code::internal, "internal: an unknown exception"));
    }
}

} // namespace skerry::queue
