#include "web/admission.hpp"

#include "auth/callers.hpp"

#include <algorithm>

namespace skerry::web {
namespace {

constexpr Time between_looks = 3'600'000;

} // namespace

Admission::Admission(const EventTail& tail, Proof proof, api::Caller caller)
    : tail_(tail), proof_(std::move(proof)), caller_(std::move(caller))
{
}

bool Admission::is_in_doubt() const
{
    return seen_changes_ != tail_.access_changes() || now() >= look_again_;
}

bool Admission::look(db::Connection& db)
{
    seen_changes_ = tail_.access_changes();
    if (!is_still(db, proof_, caller_)) return false;
    look_again_ = now() + between_looks;
    if (const auto expiry = auth::expiry_of(db, proof_.text)) look_again_ = std::min(look_again_, *expiry);
    return true;
}

Admission admission_of(const Visit& visit)
{
    return {visit.site.tail, proof_in(visit.request), visit.caller()};
}

} // namespace skerry::web
